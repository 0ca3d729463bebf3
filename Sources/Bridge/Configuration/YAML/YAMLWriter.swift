/// Writes ``ConfigurationNode``s as YAML that reads back as the same.
enum YAMLWriter {
    /// The text, with two spaces a level and a line end at its end.
    static func text(_ node: ConfigurationNode) -> String {
        var text = ""
        write(node.entries ?? [], level: 0, into: &text)
        return text
    }

    private static func write(_ entries: [ConfigurationNode.Entry], level: Int, into text: inout String) {
        for entry in entries {
            text += String(repeating: "  ", count: level) + scalar(entry.key) + ":"
            if case .mapping(let children) = entry.value.value, !children.isEmpty {
                text += "\n"
                write(children, level: level + 1, into: &text)
            } else {
                text += " " + flow(entry.value) + "\n"
            }
        }
    }

    /// A value on one line.
    static func flow(_ node: ConfigurationNode) -> String {
        switch node.value {
        case .empty: "null"
        case .scalar(let text): scalar(text)
        case .sequence(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { scalar($0.key) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
        }
    }

    /// Plain where that is safe anywhere, else in double quotes with escapes. A dollar is doubled, since `$` begins a
    /// substitution.
    private static func scalar(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"):
                true
            default: false
            }
        }
        if plain, !text.isEmpty, !["null", "Null", "NULL"].contains(text) { return text }
        var result = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "$": result += "$$"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where character.value < 0x20 || (0x7F...0x9F).contains(character.value):
                let digits = String(character.value, radix: 16)
                result += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "\""
    }
}
