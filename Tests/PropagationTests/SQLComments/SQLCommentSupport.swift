@testable import Propagation

let sampleParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
let sampleState = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"

/// The pairs that a statement's comments give, in order. The bytes are copies of exactly their size, so that a read beyond
/// them is found by the address sanitizer.
func pairs(
    _ statement: [UInt8], end: [UInt8]? = nil, _ dialect: SQLDialect = .postgresql, others: [String] = []
) -> [(key: String, value: String)] {
    var found: [(key: String, value: String)] = []
    let reader = SQLCommentReader(others: others)
    withCopy(statement) { statement in
        func take(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
            found.append((String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        if let end {
            withCopy(end) { reader.read(statement, end: $0, dialect: dialect, take) }
        } else {
            reader.read(statement, end: nil, dialect: dialect, take)
        }
    }
    return found
}

/// The pairs as `key=value`.
func said(_ statement: String, end: String? = nil, _ dialect: SQLDialect = .postgresql, others: [String] = [])
    -> [String]
{
    pairs(Array(statement.utf8), end: end.map { Array($0.utf8) }, dialect, others: others).map {
        "\($0.key)=\($0.value)"
    }
}

private func withCopy(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    body(UnsafeRawBufferPointer(copy))
}
