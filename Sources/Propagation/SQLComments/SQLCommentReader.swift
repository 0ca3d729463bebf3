/// Reads what the comments of a statement say: trace contexts in every comment style, and the pairs of sqlcommenter
/// (https://google.github.io/sqlcommenter/spec/).
///
/// A comment that consists of sqlcommenter's pairs alone (`/*key='value',key='value'*/`) gives all of them. In any other one
/// there may be prose, so that it gives only what stands under the name of a trace context: `key: value` or `key=value`, the
/// value as it is or in quotes. Values are percent-decoded; where that fails, a context is given as it stands, so that
/// whoever reads it finds it invalid, and any other pair is left out.
///
/// Nothing within strings and quoted names is a comment, nor are executable comments (`/*!`, MariaDB's `/*M!`) and hints
/// (`/*+`), and a comment that is never closed gives nothing. Every byte is looked at a bounded number of times, and nothing
/// is allocated unless an encoded value is longer than 1 KiB.
public struct SQLCommentReader: Sendable {
    private let names: ContextNames

    /// A reader.
    ///
    /// - Parameter others: names that a context may stand under beside those of the dialects (``ContextKeys/names``).
    public init(others: [String] = []) { names = ContextNames(others: others) }

    /// Whether a key names a part of a trace context, whatever its case.
    public func isContext(_ key: UnsafeRawBufferPointer) -> Bool { names.contains(key) }

    /// Calls `body` with every pair of a statement's comments, in their order. The bytes are lent for the time of the call.
    ///
    /// - Parameters:
    ///   - statement: its text, or its beginning.
    ///   - end: if not all of it is known, its last bytes, which may be none; they must not be in `statement` as well. What
    ///     is trusted of them says ``SQLStatementEnd``.
    ///   - dialect: whose quoting and comments they are.
    public func read(
        _ statement: UnsafeRawBufferPointer, end: UnsafeRawBufferPointer?, dialect: SQLDialect,
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        guard let end else {
            return comments(of: statement, dialect) { range, _ in pairs(statement, range, body) }
        }
        // What is not closed was cut.
        comments(of: statement, dialect) { range, isOpen in
            if !isOpen { pairs(statement, range, body) }
        }
        let known = SQLStatementEnd(end, dialect)
        comments(of: known.outside, dialect) { range, _ in
            if known.counts(range) { pairs(known.outside, range, body) }
        }
        if let comment = known.comment { SQLComment(block: comment).pairs(names, body) }
    }

    /// The comments of a text that begins outside of any, and whether they are open: only line comments may be.
    private func comments(
        of text: UnsafeRawBufferPointer, _ dialect: SQLDialect, _ body: (_ range: Range<Int>, _ isOpen: Bool) -> Void
    ) {
        guard SQLCommentReader.mayHaveComments(text) else { return }
        var lexer = SQLLexer(text, dialect)
        while let token = lexer.next() {
            guard token.kind == .comment, !lexer.isOpen || text[token.range.lowerBound] != UInt8(ascii: "/") else {
                continue
            }
            body(token.range, lexer.isOpen)
        }
    }

    private func pairs(
        _ text: UnsafeRawBufferPointer, _ range: Range<Int>,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        let bytes = text.part(range.lowerBound, range.count)
        if bytes[0] == UInt8(ascii: "/") {
            SQLComment(block: bytes).pairs(names, body)
        } else {
            SQLComment(line: bytes).pairs(names, body)
        }
    }

    /// Most statements have no comment, which a look at them tells.
    private static func mayHaveComments(_ text: UnsafeRawBufferPointer) -> Bool {
        var last: UInt8 = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "#"): return true
            case UInt8(ascii: "*") where last == UInt8(ascii: "/"): return true
            case UInt8(ascii: "-") where last == UInt8(ascii: "-"): return true
            default: last = byte
            }
        }
        return false
    }
}
