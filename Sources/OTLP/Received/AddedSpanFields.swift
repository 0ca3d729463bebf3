/// Fields that a rewrite adds to a span, at its end: of a field that may be there once the last counts, and those that
/// may be there often add up.
struct AddedSpanFields {
    /// The fields in protobuf.
    private(set) var bytes: [UInt8] = []

    /// None yet.
    init() {}

    /// Forgets them and keeps the memory.
    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// `parent_span_id`.
    mutating func parent(_ id: UInt64) {
        bytes.append(4 << 3 | WireType.bytes.rawValue)
        bytes.append(8)
        word(id)
    }

    /// A link to a span.
    mutating func link(to traceID: TraceID, _ spanID: UInt64) {
        bytes.append(13 << 3 | WireType.bytes.rawValue)
        bytes.append(28)
        bytes.append(1 << 3 | WireType.bytes.rawValue)
        bytes.append(16)
        word(traceID.high)
        word(traceID.low)
        bytes.append(2 << 3 | WireType.bytes.rawValue)
        bytes.append(8)
        word(spanID)
    }

    /// An attribute with a trace id as text, in 32 lower-case digits.
    mutating func attribute(_ key: StaticString, _ id: TraceID) {
        begin(key, value: 2 + 32)
        bytes.append(1 << 3 | WireType.bytes.rawValue)
        bytes.append(32)
        digits(id.high)
        digits(id.low)
    }

    /// An attribute with a text that is written in the source.
    mutating func attribute(_ key: StaticString, _ text: StaticString) {
        let count = text.utf8CodeUnitCount
        begin(key, value: 1 + Wire.size(ofVarint: UInt64(count)) + count)
        bytes.append(1 << 3 | WireType.bytes.rawValue)
        varint(UInt64(count))
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// An attribute with a number.
    mutating func attribute(_ key: StaticString, _ number: Int64) {
        let bits = UInt64(bitPattern: number)
        begin(key, value: 1 + Wire.size(ofVarint: bits))
        bytes.append(3 << 3 | WireType.varint.rawValue)
        varint(bits)
    }

    /// An attribute with a number that is no whole one.
    mutating func attribute(_ key: StaticString, _ number: Double) {
        begin(key, value: 1 + 8)
        bytes.append(4 << 3 | WireType.fixed64.rawValue)
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// The field, its KeyValue's key, and the tag and length of its AnyValue of so many bytes.
    private mutating func begin(_ key: StaticString, value: Int) {
        let keyCount = key.utf8CodeUnitCount
        let pair = 2 + Wire.size(ofVarint: UInt64(keyCount)) + keyCount + Wire.size(ofVarint: UInt64(value)) + value
        bytes.append(9 << 3 | WireType.bytes.rawValue)
        varint(UInt64(pair))
        bytes.append(1 << 3 | WireType.bytes.rawValue)
        varint(UInt64(keyCount))
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(2 << 3 | WireType.bytes.rawValue)
        varint(UInt64(value))
    }

    private mutating func digits(_ word: UInt64) {
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0xF
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    private mutating func word(_ id: UInt64) {
        withUnsafeBytes(of: id.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
