/// Text in a label's value or a help line.
enum LabelText {
    /// Most bytes of a value; what is longer is cut, between two characters.
    static let mostBytes = 256

    /// Adds text with what would end it escaped, control characters replaced, and cut to ``mostBytes``.
    ///
    /// - Parameter quotes: whether it stands in quotes.
    static func append(_ text: String, quotes: Bool, to bytes: inout [UInt8]) {
        var left = mostBytes
        for scalar in text.unicodeScalars {
            left -= UTF8.width(scalar)
            guard left >= 0 else { return }
            switch scalar {
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\"" where quotes: bytes.append(contentsOf: "\\\"".utf8)
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029:
                bytes.append(contentsOf: "\u{FFFD}".utf8)
            default: bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
    }
}
