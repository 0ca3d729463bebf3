/// The fields of all messages, for look-up by message and number.
enum Schema {
    /// Every field's number is below it.
    static let width = 32

    /// What is to be known of a field on the wire. One that is not in the schema has no ``kind``.
    struct Entry: Sendable {
        /// What it holds; nil for a field that is not known.
        var kind: FieldKind?
        /// Whether there can be several.
        var isRepeated = false
        /// Whether it may be there several times packed into one.
        var isPackable = false
        /// Where it is on the way to the items.
        var path = ItemPath.beside
        /// Its oneof within the message; 0 for none.
        var oneof: UInt8 = 0
        /// What a message holds.
        var message = MessageType.unknown
    }

    /// A row of ``width`` entries for each message.
    static let entries: [Entry] = {
        var entries = [Entry](repeating: Entry(), count: MessageType.allCases.count * width)
        for message in MessageType.allCases {
            for field in message.fields {
                entries[row(of: message) + Int(field.number)] = Entry(
                    kind: field.kind, isRepeated: field.isRepeated,
                    isPackable: field.isRepeated && field.kind.wireType != .bytes, path: field.path,
                    oneof: field.oneof, message: field.message ?? .unknown)
            }
        }
        return entries
    }()

    /// Each message's fields, in the order in which they are written.
    static let fields: [[FieldSchema]] = MessageType.allCases.map(\.fields)

    /// The field of a message that has that name in JSON, in lowerCamelCase or as in the original; nil if none has.
    static func field(_ name: UnsafeRawBufferPointer, of message: MessageType) -> FieldSchema? {
        for field in fields[Int(message.rawValue)] where field.isNamed(name) { return field }
        return nil
    }

    /// Where a message's row begins.
    @inline(__always)
    static func row(of message: MessageType) -> Int { Int(message.rawValue) &* width }
}
