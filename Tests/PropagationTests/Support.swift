import Propagation

/// A small generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func parse(_ text: String) -> TraceContext? { parse(Array(text.utf8)) }

/// Parses a copy of exactly the bytes, so that a read beyond them is found by the address sanitizer.
func parse(_ bytes: [UInt8]) -> TraceContext? {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return TraceparentParser.parse(UnsafeRawBufferPointer(copy))
}

/// The state that several headers make; nil when it is invalid.
func combine(_ headers: [String]) -> String? {
    var state = Tracestate()
    for header in headers { Array(header.utf8).withUnsafeBytes { state.add($0) } }
    return state.isValid ? String(decoding: state.bytes, as: UTF8.self) : nil
}

extension ContextReader {
    /// Reads one message.
    mutating func read(_ fields: [(String, String)]) -> ContextReading? {
        begin()
        for (name, value) in fields {
            Array(name.utf8).withUnsafeBytes { name in
                Array(value.utf8).withUnsafeBytes { add(name: name, value: $0) }
            }
        }
        guard case .one(let reading) = finish() else { return nil }
        return reading
    }

    var state: String { withTracestate { String(decoding: $0, as: UTF8.self) } }
}
