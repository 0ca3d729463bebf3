import Glibc

/// A field of a message of opentelemetry-proto.
struct FieldSchema: Sendable {
    /// Its number on the wire; below ``Schema/width``.
    let number: UInt8
    /// Its name in JSON, in lowerCamelCase. The original name is the same in snake_case.
    let name: StaticString
    /// What it holds.
    let kind: FieldKind
    /// Whether there can be several values. Numbers among those come packed or one by one.
    let isRepeated: Bool
    /// The oneof it belongs to, counted from 1 within its message; 0 for none. A field that is `optional` is the only
    /// member of one: whether it is there means something even if it has its type's default.
    let oneof: UInt8
    /// What a message holds.
    let message: MessageType?
    /// The names of an enumeration's values.
    let names: EnumNames?
    /// Whether the items that are counted are in it, or are it.
    let path: ItemPath

    /// A number, text or bytes.
    static func one(_ number: UInt8, _ name: StaticString, _ kind: FieldKind, oneof: UInt8 = 0) -> FieldSchema {
        FieldSchema(
            number: number, name: name, kind: kind, isRepeated: false, oneof: oneof, message: nil, names: nil,
            path: .beside)
    }

    /// Several numbers or texts.
    static func many(_ number: UInt8, _ name: StaticString, _ kind: FieldKind) -> FieldSchema {
        FieldSchema(
            number: number, name: name, kind: kind, isRepeated: true, oneof: 0, message: nil, names: nil, path: .beside)
    }

    /// A message.
    static func one(
        _ number: UInt8, _ name: StaticString, _ message: MessageType, oneof: UInt8 = 0, path: ItemPath = .beside
    ) -> FieldSchema {
        FieldSchema(
            number: number, name: name, kind: .message, isRepeated: false, oneof: oneof, message: message, names: nil,
            path: path)
    }

    /// Several messages.
    static func many(
        _ number: UInt8, _ name: StaticString, _ message: MessageType, path: ItemPath = .beside
    ) -> FieldSchema {
        FieldSchema(
            number: number, name: name, kind: .message, isRepeated: true, oneof: 0, message: message, names: nil,
            path: path)
    }

    /// A value of an enumeration.
    static func one(_ number: UInt8, _ name: StaticString, _ names: EnumNames) -> FieldSchema {
        FieldSchema(
            number: number, name: name, kind: .enumeration, isRepeated: false, oneof: 0, message: nil, names: names,
            path: .beside)
    }

    /// Whether it has that name in JSON, in either form.
    func isNamed(_ text: UnsafeRawBufferPointer) -> Bool {
        name.withUTF8Buffer { name in
            guard text.count >= name.count, let letters = name.baseAddress, let start = text.baseAddress else {
                return false
            }
            if text.count == name.count { return memcmp(letters, start, name.count) == 0 }
            var position = 0
            for letter in name {
                let isCapital = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= letter
                if isCapital {
                    guard position < text.count, text[position] == UInt8(ascii: "_") else { return false }
                    position += 1
                }
                guard position < text.count, text[position] == (isCapital ? letter + 0x20 : letter) else {
                    return false
                }
                position += 1
            }
            return position == text.count
        }
    }
}

/// Where a field is on the way from a request to its items.
enum ItemPath: UInt8, Sendable {
    /// It is not.
    case beside
    /// Items are in it.
    case container
    /// It is an item: a span, a data point, a log record.
    case item
}
