/// What can be trusted of the last bytes of a statement whose middle is not known: not known, then, is whether they begin
/// within a string or a comment. A statement that a server takes closes all of its strings and comments, which is enough for
/// two rules:
///
/// - Text whose last bytes are `*/` ends with a comment. Unless that is a line comment, what lies between the last `/*` and
///   there is in it, since its beginning is no later than that `/*`. This finds sqlcommenter's comments. In MySQL it may end
///   an executable comment instead, and the `/*` be in a string or behind `--` within that: if the text would be right SQL
///   so, it is not trusted.
/// - Behind the last quote there is no string any more. What begins as a comment there is one, or part of a greater one; not
///   trusted is what would not be if the greater one ended within it: over a line's end from the first line on, which a line
///   comment may have begun; and a line with a `*/` in it. Nothing there is trusted if a `*/*` or a `/*/` is in it.
struct SQLStatementEnd {
    /// The comment at the very end, `/*` and `*/` included, if there is one.
    let comment: UnsafeRawBufferPointer?
    /// What is behind the last quote, and in front of ``comment``.
    let outside: UnsafeRawBufferPointer

    /// Looks at the last bytes of a statement.
    init(_ end: UnsafeRawBufferPointer, _ dialect: SQLDialect) {
        var last = end.count
        if let closing = SQLStatementEnd.closingComment(end), !SQLStatementEnd.mayBeLine(end[closing], dialect),
            dialect == .postgresql || !SQLStatementEnd.mayBeExecutable(UnsafeRawBufferPointer(rebasing: end[closing]))
        {
            comment = UnsafeRawBufferPointer(rebasing: end[closing])
            last = closing.lowerBound
        } else {
            comment = nil
        }
        var first = last
        while first > 0, !SQLStatementEnd.isQuote(end[first - 1], dialect) { first -= 1 }
        outside = SQLStatementEnd.behindComment(UnsafeRawBufferPointer(rebasing: end[first..<last]), isCut: first == 0)
    }

    /// What is behind the end of a comment that began in front of a text, if there is such an end. Nothing where it cannot be
    /// told what ends and what begins.
    private static func behindComment(_ text: UnsafeRawBufferPointer, isCut: Bool) -> UnsafeRawBufferPointer {
        guard !isAmbiguous(text) else { return UnsafeRawBufferPointer(rebasing: text[text.count...]) }
        // Half of one.
        let isHalf = isCut && text.first == UInt8(ascii: "/")
        let text = isHalf ? UnsafeRawBufferPointer(rebasing: text.dropFirst()) : text
        var last: UInt8 = 0
        for place in text.indices {
            if last == UInt8(ascii: "/"), text[place] == UInt8(ascii: "*") { break }
            if last == UInt8(ascii: "*"), text[place] == UInt8(ascii: "/") {
                return UnsafeRawBufferPointer(rebasing: text[(place + 1)...])
            }
            last = text[place]
        }
        return text
    }

    /// Whether there is a `*/*` or a `/*/`, each of which may be a beginning as well as an end.
    private static func isAmbiguous(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count > 2 else { return false }
        for place in 1..<text.count - 1 {
            let around = text[place - 1]
            guard around == text[place + 1] else { continue }
            if text[place] == UInt8(ascii: "/"), around == UInt8(ascii: "*") { return true }
            if text[place] == UInt8(ascii: "*"), around == UInt8(ascii: "/") { return true }
        }
        return false
    }

    /// Whether a comment of ``outside`` counts, by where it is in that.
    func counts(_ range: Range<Int>) -> Bool {
        let bytes = outside[range]
        guard bytes.first == UInt8(ascii: "/") else {
            return !zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "*") && $1 == UInt8(ascii: "/") }
        }
        return !bytes.contains(where: SQLStatementEnd.isLineEnd)
            || outside[..<range.lowerBound].contains(where: SQLStatementEnd.isLineEnd)
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
                return start == 0 || end[start - 1] == UInt8(ascii: "*") ? nil : start..<last
            }
            if end[start] == UInt8(ascii: "*"), end[start + 1] == UInt8(ascii: "/") { return nil }
            start -= 1
        }
        return nil
    }

    /// Whether a line comment may begin on the last line of what looks like a comment.
    private static func mayBeLine(_ comment: Slice<UnsafeRawBufferPointer>, _ dialect: SQLDialect) -> Bool {
        let first = comment.lastIndex(where: isLineEnd) ?? comment.startIndex
        for place in first..<comment.endIndex - 2 {
            if comment[place] == UInt8(ascii: "#"), dialect == .mysql { return true }
            let isDash = comment[place] == UInt8(ascii: "-") && comment[place + 1] == UInt8(ascii: "-")
            if isDash, dialect == .postgresql || comment[place + 2] <= 0x20 { return true }
        }
        return false
    }

    /// Whether what looks like a comment would be the end of an executable one, were its beginning within a string or a line
    /// comment there.
    private static func mayBeExecutable(_ comment: UnsafeRawBufferPointer) -> Bool {
        let contents = comment.part(0, comment.count - 2)
        for quote in [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), 0x0A] {
            var lexer = SQLLexer(contents, .mysql, behind: quote)
            var isRight = !lexer.isOpen
            while isRight, lexer.next() != nil { isRight = !lexer.isOpen }
            if isRight { return true }
        }
        return false
    }

    private static func isQuote(_ byte: UInt8, _ dialect: SQLDialect) -> Bool {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): true
        case UInt8(ascii: "`"): dialect == .mysql
        case UInt8(ascii: "$"): dialect == .postgresql
        default: false
        }
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
