/// The pairs of a comment that is sqlcommenter's: `key='value'`, separated by commas, and nothing else but white space. Keys
/// are letters, digits, and what percent-encoding leaves; in a value, `\'` is a quote. OpenTelemetry's instrumentation for
/// Python leaves numbers without quotes (`dbapi_threadsafety=2`): beside one in quotes, such values are taken as well.
struct SQLCommenterPairs {
    private let text: UnsafeRawBufferPointer
    private var index = 0
    private var isFirst = true
    /// Whether a value was in quotes.
    private var hasQuotes = false
    /// Whether a key has no value.
    private var isBroken = false

    /// The pairs of a text.
    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// Whether they are all that is in it, and one has a value in quotes.
    static func fill(_ text: UnsafeRawBufferPointer) -> Bool {
        var pairs = SQLCommenterPairs(text)
        while pairs.next() != nil {}
        return pairs.hasQuotes && !pairs.isBroken && pairs.index == text.count
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
        guard !key.isEmpty else { return nil }
        isBroken = true
        guard index < text.count, text[index] == UInt8(ascii: "=") else { return nil }
        index += 1
        skipSpaces()
        guard index < text.count, let value = value() else { return nil }
        isBroken = false
        skipSpaces()
        return (key, value)
    }

    /// The value at the index; nil when it is none.
    private mutating func value() -> UnsafeRawBufferPointer? {
        let start = index
        guard text[index] == UInt8(ascii: "'") else {
            while index < text.count, SQLCommentText.isKey(text[index]) { index += 1 }
            return index > start ? text.part(start, index - start) : nil
        }
        guard let end = SQLCommentText.closingQuote(in: text, behind: index) else { return nil }
        index = end + 1
        hasQuotes = true
        return text.part(start + 1, end - start - 1)
    }

    private mutating func skipSpaces() {
        while index < text.count, SQLLexer.isSpace(text[index]) { index += 1 }
    }
}
