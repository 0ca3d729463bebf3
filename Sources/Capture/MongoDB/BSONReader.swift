/// The elements of a BSON document's top level (https://bsonspec.org/spec.html), in their order, as far as the document's
/// bytes are known. What is nested is passed over by its length.
struct BSONReader {
    /// Types of values that are looked into.
    enum Kind: UInt8 {
        case double = 1
        case string = 2
        case document = 3
        case array = 4
        case boolean = 8
        case int32 = 16
        case int64 = 18
    }

    /// A name and its value. Both are borrowed.
    struct Element {
        /// The name, without its end.
        var name: UnsafeRawBufferPointer
        /// The value's type.
        var type: UInt8
        /// The value's bytes, as far as they are known; a string's without length and end.
        var value: UnsafeRawBufferPointer
        /// Whether all of them are.
        var isWhole: Bool

        /// Whether it is of a type that is looked into.
        func isA(_ kind: Kind) -> Bool { type == kind.rawValue }

        /// Whether its name is this.
        func isNamed(_ word: StaticString) -> Bool { word.withUTF8Buffer { name.elementsEqual($0) } }

        /// What the value says as a whole number; nil for what is none.
        var number: Int64? {
            guard isWhole else { return nil }
            switch Kind(rawValue: type) {
            case .double:
                let bits = UInt64(littleEndian: value.loadUnaligned(as: UInt64.self))
                return Int64(exactly: Double(bitPattern: bits))
            case .int32: return Int64(Int32(bitPattern: MongoHeader.number(value, at: 0)))
            case .int64: return Int64(littleEndian: value.loadUnaligned(as: Int64.self))
            case .boolean: return Int64(value[0])
            default: return nil
            }
        }
    }

    /// Longest name that is looked at, bytes.
    private static let longestName = 256
    private var rest: UnsafeRawBufferPointer
    /// Whether the document has ended as it should.
    private(set) var isComplete = false

    /// A reader of a document whose first bytes these are; what is behind its end is left out.
    init(_ bytes: UnsafeRawBufferPointer) {
        let length = BSONReader.length(bytes) ?? 0
        rest = UnsafeRawBufferPointer(rebasing: bytes.prefix(length).dropFirst(4))
    }

    /// How long a document is; nil when that is not known, or it is none.
    static func length(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let length = MongoHeader.number(bytes, at: 0)
        return length >= 5 && length <= MongoHeader.longest ? Int(length) : nil
    }

    /// The next element; nil at the end of the document or of what is known of it.
    mutating func next() -> Element? {
        guard let type = rest.first else { return nil }
        if type == 0 {
            isComplete = rest.count == 1
            rest = UnsafeRawBufferPointer(rebasing: rest[..<0])
            return nil
        }
        guard let end = rest.prefix(BSONReader.longestName).dropFirst().firstIndex(of: 0) else { return stop() }
        let name = UnsafeRawBufferPointer(rebasing: rest[1..<end])
        let value = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        guard let size = BSONReader.size(of: type, value) else { return stop() }
        var element = Element(
            name: name, type: type, value: UnsafeRawBufferPointer(rebasing: value.prefix(size)),
            isWhole: value.count >= size)
        if element.isA(.string) {
            element.value = UnsafeRawBufferPointer(rebasing: element.value.dropFirst(4))
            if element.isWhole { element.value = UnsafeRawBufferPointer(rebasing: element.value.dropLast()) }
        }
        rest = UnsafeRawBufferPointer(rebasing: value.dropFirst(size))
        return element
    }

    private mutating func stop() -> Element? {
        rest = UnsafeRawBufferPointer(rebasing: rest[..<0])
        return nil
    }

    /// How many bytes a value takes; nil when that is not known.
    static func size(of type: UInt8, _ value: UnsafeRawBufferPointer) -> Int? {
        switch type {
        case 0x01, 0x09, 0x11, 0x12: return 8
        case 0x06, 0x0A, 0x7F, 0xFF: return 0
        case 0x07: return 12
        case 0x08: return 1
        case 0x10: return 4
        case 0x13: return 16
        case 0x03, 0x04, 0x0F: return length(value)
        case 0x02, 0x05, 0x0C, 0x0D, 0x0E:
            guard value.count >= 4 else { return nil }
            let count = MongoHeader.number(value, at: 0)
            guard count <= MongoHeader.longest, type != 0x02 || count >= 1 else { return nil }
            // Binary data has a subtype behind its length, a pointer an id behind its text.
            return 4 + Int(count) + (type == 0x05 ? 1 : type == 0x0C ? 12 : 0)
        case 0x0B:
            // Two texts, one after the other.
            guard let first = value.firstIndex(of: 0), let second = value[(first + 1)...].firstIndex(of: 0) else {
                return nil
            }
            return second + 1
        default: return nil
        }
    }
}
