/// What can be trusted of the last bytes of a statement whose middle is not known: not known, then, is whether they begin
/// within a string or a comment. A statement that a server takes closes all of its strings, which is enough for two rules:
///
/// - Behind the last quote there is no string any more. The comments there are comments, unless they are part of a greater
///   one.
/// - Text whose last bytes are `*/` ends with a comment. What lies between the last `/*` and there is in that comment, since
///   its beginning is no later than that `/*`. This finds sqlcommenter's comments, which have quotes. Not so if the comment
///   is an executable one, in which there may be strings with a `/*` of their own: then the string's closing quote would lie
///   between the two, and quotes of a kind would be odd in number. Such an end says nothing.
struct SQLStatementEnd {
    /// The bytes behind the last quote.
    let outside: UnsafeRawBufferPointer
    /// The comment at the very end, `/*` and `*/` included, if it is not in ``outside``.
    let comment: UnsafeRawBufferPointer?

    /// Looks at the last bytes of a statement.
    init(_ end: UnsafeRawBufferPointer, _ dialect: SQLDialect) {
        var quoted = end.count
        while quoted > 0, !SQLStatementEnd.isQuote(end[quoted - 1], dialect) { quoted -= 1 }
        guard let closing = SQLStatementEnd.closingComment(end), closing.lowerBound < quoted else {
            outside = UnsafeRawBufferPointer(rebasing: end[quoted...])
            comment = nil
            return
        }
        // All that is behind the last quote is in that comment.
        outside = UnsafeRawBufferPointer(rebasing: end[end.count...])
        let bytes = UnsafeRawBufferPointer(rebasing: end[closing])
        comment = SQLStatementEnd.hasPairedQuotes(bytes) ? bytes : nil
    }

    /// From the last `/*` to a `*/` at the end, white space and semicolons behind it apart; nil when there is no such end, or
    /// another comment ends in between.
    private static func closingComment(_ end: UnsafeRawBufferPointer) -> Range<Int>? {
        var last = end.count
        while last > 0, SQLLexer.isSpace(end[last - 1]) || end[last - 1] == UInt8(ascii: ";") { last -= 1 }
        guard last >= 4, end[last - 1] == UInt8(ascii: "/"), end[last - 2] == UInt8(ascii: "*") else { return nil }
        var start = last - 4
        while start >= 0 {
            if end[start] == UInt8(ascii: "/"), end[start + 1] == UInt8(ascii: "*") {
                // `*/*` may be an end as well.
                return start > 0 && end[start - 1] == UInt8(ascii: "*") ? nil : start..<last
            }
            if end[start] == UInt8(ascii: "*"), end[start + 1] == UInt8(ascii: "/") { return nil }
            start -= 1
        }
        return nil
    }

    private static func isQuote(_ byte: UInt8, _ dialect: SQLDialect) -> Bool {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): true
        case UInt8(ascii: "`"): dialect == .mysql
        case UInt8(ascii: "$"): dialect == .postgresql
        default: false
        }
    }

    /// Whether quotes of each kind are even in number, escaped ones apart.
    private static func hasPairedQuotes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var isEscaped = false
        var open: UInt8 = 0
        for byte in bytes {
            defer { isEscaped = byte == UInt8(ascii: "\\") && !isEscaped }
            guard !isEscaped else { continue }
            switch byte {
            case UInt8(ascii: "'"): open ^= 1
            case UInt8(ascii: "\""): open ^= 2
            case UInt8(ascii: "`"): open ^= 4
            default: break
            }
        }
        return open == 0
    }
}
