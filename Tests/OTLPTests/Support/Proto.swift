/// Protobuf by hand, for tests: what no encoder would write can be written too.
enum Proto {
    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func tag(_ number: UInt64, _ type: UInt64) -> [UInt8] { varint(number << 3 | type) }

    /// A field with a length: a message, text, bytes, packed numbers.
    static func field(_ number: UInt64, _ contents: [UInt8]...) -> [UInt8] {
        let contents = contents.flatMap { $0 }
        return tag(number, 2) + varint(UInt64(contents.count)) + contents
    }

    static func text(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    static func number(_ number: UInt64, _ value: UInt64) -> [UInt8] { tag(number, 0) + varint(value) }

    static func fixed64(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        tag(number, 1) + withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func double(_ number: UInt64, _ value: Double) -> [UInt8] { fixed64(number, value.bitPattern) }

    static func fixed32(_ number: UInt64, _ value: UInt32) -> [UInt8] {
        tag(number, 5) + withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// A KeyValue as a field, with what its AnyValue has in it.
    static func attribute(_ number: UInt64, _ key: String, _ value: [UInt8]) -> [UInt8] {
        field(number, text(1, key), field(2, value))
    }

    /// A span of a scope; an id of 0 is left out.
    static func span(_ id: UInt8, _ more: [UInt8]...) -> [UInt8] {
        field(2, ids(trace: 0xAA, span: id), more.flatMap { $0 })
    }

    /// The ids of a span, all bytes alike.
    static func ids(trace: UInt8, span: UInt8) -> [UInt8] {
        field(1, [UInt8](repeating: trace, count: 16)) + field(2, [UInt8](repeating: span, count: 8))
    }

    /// A request with one resource and one scope, and in it what is given; with fields that nobody knows.
    static func request(_ items: [UInt8]...) -> [UInt8] {
        field(
            1, field(1, attribute(1, "service.name", text(1, "shop"))), text(77, "unknown"),
            field(2, field(1, text(1, "scope")), items.flatMap { $0 }, text(3, "https://schema/scope")),
            text(3, "https://schema"))
    }

    /// A value in so many arrays.
    static func nested(_ depth: Int) -> [UInt8] {
        var value = text(1, "deep")
        for _ in 0..<depth { value = field(5, field(1, value)) }
        return value
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
