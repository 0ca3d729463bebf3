/// The bytes of keys and values in comments.
enum SQLCommentText {
    /// Whether a byte may stand in a key: letters, digits, `-`, `_`, `.`, `~`, `%`, and what is not ASCII.
    static func isKey(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "%"): true
        default: false
        }
    }

    /// Where the quote is closed that stands at a place; nil when it is not. One with a backslash before it does not close.
    static func closingQuote(in text: UnsafeRawBufferPointer, behind start: Int) -> Int? {
        var index = start + 1
        while index < text.count {
            if text[index] == UInt8(ascii: "'") { return index }
            let isEscape =
                text[index] == UInt8(ascii: "\\") && index + 1 < text.count && text[index + 1] == UInt8(ascii: "'")
            index += isEscape ? 2 : 1
        }
        return nil
    }

    /// Calls `body` with a text decoded: `\'` is a quote, `%%` counts as `%` (drivers double it), and `%` with two hexadecimal
    /// digits is a byte. nil when a `%` is followed by anything else.
    static func decode<R>(_ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\\") }) else { return body(text) }
        return withUnsafeTemporaryAllocation(byteCount: text.count, alignment: 1) { decoded in
            var count = 0
            var index = 0
            while index < text.count {
                var byte = text[index]
                index += 1
                if byte == UInt8(ascii: "\\"), index < text.count, text[index] == UInt8(ascii: "'") {
                    byte = UInt8(ascii: "'")
                    index += 1
                } else if byte == UInt8(ascii: "%") {
                    if index < text.count, text[index] == UInt8(ascii: "%") { index += 1 }
                    guard index + 1 < text.count, let high = text[index].hexDigit, let low = text[index + 1].hexDigit
                    else {
                        return body(nil)
                    }
                    byte = high << 4 | low
                    index += 2
                }
                decoded[count] = byte
                count += 1
            }
            return body(UnsafeRawBufferPointer(rebasing: decoded[..<count]))
        }
    }
}
