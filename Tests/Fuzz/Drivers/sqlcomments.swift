@testable import Propagation

// Comments of statements: the first byte says the dialect and where the statement is cut, the rest is its text.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    guard count > 2 else { return 0 }
    let options = start.loadUnaligned(as: UInt16.self)
    let dialect: SQLDialect = options & 1 == 0 ? .mysql : .postgresql
    let text = UnsafeRawBufferPointer(start: start + 2, count: count - 2)
    let reader = SQLCommentReader()
    let whole = Statement(text, dialect)
    reader.read(text, end: nil, dialect: dialect) { key, value in check(key, value, in: text, whole) }

    let cut = Int(options >> 1) % (text.count + 1)
    let beginning = UnsafeRawBufferPointer(rebasing: text[..<cut])
    // What is not known between the two may be nothing.
    let end = UnsafeRawBufferPointer(rebasing: text[cut...])
    reader.read(beginning, end: end, dialect: dialect) { key, value in check(key, value, in: text, whole) }
    return 0
}

/// What stands where in a statement.
private struct Statement {
    var comments: [Range<Int>] = []
    /// Whether a server could take it: all is closed, and nothing ends that has not begun.
    var isRight = true

    init(_ text: UnsafeRawBufferPointer, _ dialect: SQLDialect) {
        var lexer = SQLLexer(text, dialect)
        var executable = 0
        var isStar = false
        while let token = lexer.next() {
            if token.kind == .comment { comments.append(token.range) }
            let isLine = token.kind == .comment && text[token.range.lowerBound] != UInt8(ascii: "/")
            if lexer.isOpen, !isLine { isRight = false }
            if token.kind == .executableMark {
                executable += text[token.range.lowerBound] == UInt8(ascii: "/") ? 1 : -1
            }
            if isStar, token.kind == .symbol(UInt8(ascii: "/")) { isRight = false }
            isStar = token.kind == .symbol(UInt8(ascii: "*"))
        }
        if executable != 0 { isRight = false }
    }
}

/// A pair is no longer than the text, and what it says stands in a comment.
private func check(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, _ whole: Statement
) {
    require(key.count + value.count <= text.count, "a pair that is longer than the statement")
    // Decoded ones lie elsewhere.
    guard whole.isRight, let start = text.baseAddress, let place = key.baseAddress, place >= start,
        place < start + text.count
    else { return }
    let offset = place - start
    require(
        whole.comments.contains { $0.contains(offset) && $0.contains(offset + key.count) },
        "\(String(decoding: key, as: UTF8.self)) at \(offset) is in no comment of \(String(decoding: text, as: UTF8.self))"
    )
}
