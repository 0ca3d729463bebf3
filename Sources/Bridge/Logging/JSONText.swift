/// A JSON value (RFC 8259) that is written out; keys keep their order.
indirect enum JSONText {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONText])
    case object([(String, JSONText)])

    /// A text, or null.
    static func optional(_ text: String?) -> JSONText { text.map(JSONText.string) ?? .null }

    /// The text on one line; with an indent, over several, two spaces a level.
    func text(indented: Bool = false) -> String {
        var result = ""
        write(into: &result, indent: indented ? "\n" : nil)
        return result
    }

    private func write(into text: inout String, indent: String?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .string(let value): Self.write(value, into: &text)
        case .array(let items):
            Self.write(items, "[", "]", into: &text, indent) { item, text, indent in
                item.write(into: &text, indent: indent)
            }
        case .object(let members):
            Self.write(members, "{", "}", into: &text, indent) { member, text, indent in
                Self.write(member.0, into: &text)
                text += indent == nil ? ":" : ": "
                member.1.write(into: &text, indent: indent)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], _ begin: String, _ end: String, into text: inout String, _ indent: String?,
        _ writeItem: (Item, inout String, String?) -> Void
    ) {
        let inner = indent.map { $0 + "  " }
        text += begin
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            text += inner ?? ""
            writeItem(item, &text, inner)
        }
        if !items.isEmpty { text += indent ?? "" }
        text += end
    }

    private static func write(_ value: String, into text: inout String) {
        text += "\""
        for character in value.unicodeScalars {
            switch character {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where character.value < 0x20:
                let digits = String(character.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(character)
            }
        }
        text += "\""
    }
}
