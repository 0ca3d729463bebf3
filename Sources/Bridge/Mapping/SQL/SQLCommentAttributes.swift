internal import OTLP
internal import Propagation

/// `sqlcommenter.<key>`: what the comments of a statement say beside trace contexts and baggage, in sqlcommenter's form alone
/// (https://google.github.io/sqlcommenter/spec/). Of a key that stands twice the first counts; keys of other characters than
/// letters, digits, `_`, `-` and `.` are left out.
enum SQLCommentAttributes {
    /// Most attributes of a span.
    static let maximumCount = 16
    /// Longest key, bytes.
    static let maximumKey = 64
    /// Most bytes of a value; what is beyond is cut.
    static let maximumValue = 256
    private static let prefix: StaticString = "sqlcommenter."

    /// Adds the attributes.
    ///
    /// - Parameter end: the statement's last bytes, where its middle is not known.
    static func append(
        _ statement: UnsafeRawBufferPointer, end: UnsafeRawBufferPointer?, _ dialect: SQLDialect,
        by reader: SQLCommentReader, to batch: inout SpanBatch
    ) {
        let first = batch.attributes.count
        reader.read(statement, end: end, dialect: dialect) { key, value in
            guard batch.attributes.count - first < maximumCount, key.count <= maximumKey, key.allSatisfy(isPlain),
                !value.isEmpty, !reader.isContext(key), !BaggageReader.isBaggage(key)
            else { return }
            let start = UInt32(batch.bytes.count)
            _ = batch.append(text: prefix)
            _ = batch.append(bytes: key)
            let range = ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
            guard !batch.attributes[first...].contains(where: { batch.isEqual($0.key, range) }) else { return }
            batch.append(Attribute(key: .named(range), value: .string(append(value, to: &batch))))
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// Adds a value without control characters, cut between characters.
    private static func append(_ value: UnsafeRawBufferPointer, to batch: inout SpanBatch) -> ArenaRange {
        var count = min(value.count, maximumValue)
        while count > 0, count < value.count, value[count] & 0xC0 == 0x80 { count -= 1 }
        return withUnsafeTemporaryAllocation(byteCount: maximumValue, alignment: 1) { clean in
            for index in 0..<count {
                let isControl = value[index] < 0x20 || value[index] == 0x7F
                clean[index] = isControl ? UInt8(ascii: " ") : value[index]
            }
            return batch.append(bytes: UnsafeRawBufferPointer(rebasing: clean[..<count]))
        }
    }
}

extension SpanBatch {
    /// Whether a key that is known only at run time has these bytes.
    fileprivate func isEqual(_ key: AttributeKey, _ range: ArenaRange) -> Bool {
        guard case .named(let other) = key, other.count == range.count else { return false }
        let (start, otherStart) = (Int(range.offset), Int(other.offset))
        return bytes[start..<start + Int(range.count)].elementsEqual(bytes[otherStart..<otherStart + Int(other.count)])
    }
}
