/// The contexts in a comment that may say other things as well: a context's name, `:` or `=`, and its value, with white space
/// between them or none. A value ends at white space or a comma, unless it stands in quotes; what ends a sentence or closes
/// a parenthesis is no part of it. What other names have in quotes is passed over.
struct SQLPlainPairs {
    private let text: UnsafeRawBufferPointer
    private let names: ContextNames
    private var index = 0
    /// Whether it is known that no quote closes any more.
    private var isWithoutQuotes = false
    private var isWithoutDoubleQuotes = false

    /// The contexts of a text.
    init(_ text: UnsafeRawBufferPointer, _ names: ContextNames) {
        self.text = text
        self.names = names
    }

    /// The next one, encoded; nil when none follows.
    mutating func next() -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        while index < text.count {
            guard SQLCommentText.isKey(text[index]) else {
                index += 1
                continue
            }
            let key = takeKey()
            skipSpaces()
            guard index < text.count, text[index] == UInt8(ascii: "=") || text[index] == UInt8(ascii: ":") else {
                continue
            }
            index += 1
            skipSpaces()
            let isContext = names.contains(key)
            if let value = quoted() {
                if isContext { return (key, value) }
            } else if isContext {
                return (key, unquoted(key))
            }
        }
        return nil
    }

    private mutating func takeKey() -> UnsafeRawBufferPointer {
        let start = index
        while index < text.count, SQLCommentText.isKey(text[index]) { index += 1 }
        return text.part(start, index - start)
    }

    private mutating func skipSpaces() {
        while index < text.count, SQLLexer.isSpace(text[index]) { index += 1 }
    }

    /// What stands between the quote at the index and the next one; nil when it is none, or is not closed.
    private mutating func quoted() -> UnsafeRawBufferPointer? {
        guard index < text.count else { return nil }
        let end: Int?
        switch text[index] {
        case UInt8(ascii: "'") where !isWithoutQuotes:
            end = SQLCommentText.closingQuote(in: text, behind: index)
            isWithoutQuotes = end == nil
        case UInt8(ascii: "\"") where !isWithoutDoubleQuotes:
            end = text[(index + 1)...].firstIndex(of: UInt8(ascii: "\""))
            isWithoutDoubleQuotes = end == nil
        default: return nil
        }
        guard let end else { return nil }
        defer { index = end + 1 }
        return text.part(index + 1, end - index - 1)
    }

    /// A value without quotes, from the index on.
    private mutating func unquoted(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = index
        while true {
            while index < text.count, !endsValue(at: index) { index += 1 }
            guard goesOn(key) else { break }
        }
        var end = index
        while end > start, SQLPlainPairs.endsSentence(text[end - 1]) { end -= 1 }
        return text.part(start, end - start)
    }

    private func endsValue(at index: Int) -> Bool {
        let byte = text[index]
        if byte == UInt8(ascii: ",") || SQLLexer.isSpace(byte) { return true }
        // A nested comment's end.
        return byte == UInt8(ascii: "*") && index + 1 < text.count && text[index + 1] == UInt8(ascii: "/")
    }

    /// Passes over what ends other values, where a value of this name may have it within.
    private mutating func goesOn(_ key: UnsafeRawBufferPointer) -> Bool {
        guard index + 1 < text.count else { return false }
        switch ContextName(key) {
        case .xray:
            // Members are separated by semicolons, with spaces or none.
            guard text[index - 1] == UInt8(ascii: ";"), text[index].isBlank else { return false }
            while index < text.count, text[index].isBlank { index += 1 }
            return true
        case .tracestate, .datadogTags: if text[index] != UInt8(ascii: ",") { return false }
        default: return false
        }
        // A list, unless what is behind the comma is another context.
        var end = index + 1
        while end < text.count, SQLCommentText.isKey(text[end]) { end += 1 }
        guard end > index + 1, !names.contains(text.part(index + 1, end - index - 1)) else { return false }
        index = end
        return true
    }

    private static func endsSentence(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ")"),
            UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ">"), UInt8(ascii: "|"):
            true
        default: false
        }
    }
}
