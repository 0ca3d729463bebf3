/// The pairs of a comment that is sqlcommenter's: `key='value'`, separated by commas, and nothing else but white space. Keys
/// are letters, digits, and what percent-encoding leaves; in a value, `\'` is a quote.
struct SQLCommenterPairs {
    private let text: UnsafeRawBufferPointer
    private var index = 0
    private var isFirst = true

    /// The pairs of a text.
    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// Whether they are all that is in it, and there is one.
    static func fill(_ text: UnsafeRawBufferPointer) -> Bool {
        var pairs = SQLCommenterPairs(text)
        var count = 0
        while pairs.next() != nil { count += 1 }
        return count > 0 && pairs.index == text.count
    }

    /// The next pair, encoded; nil when none follows.
    mutating func next() -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        skipSpaces()
        if !isFirst, index < text.count {
            guard text[index] == UInt8(ascii: ",") else { return nil }
            index += 1
            skipSpaces()
        }
        isFirst = false
        let start = index
        while index < text.count, SQLCommentText.isKey(text[index]) { index += 1 }
        let key = text.part(start, index - start)
        skipSpaces()
        guard !key.isEmpty, index < text.count, text[index] == UInt8(ascii: "=") else { return nil }
        index += 1
        skipSpaces()
        guard index < text.count, text[index] == UInt8(ascii: "'"),
            let end = SQLCommentText.closingQuote(in: text, behind: index)
        else { return nil }
        let value = text.part(index + 1, end - index - 1)
        index = end + 1
        skipSpaces()
        return (key, value)
    }

    private mutating func skipSpaces() {
        while index < text.count, SQLLexer.isSpace(text[index]) { index += 1 }
    }
}
