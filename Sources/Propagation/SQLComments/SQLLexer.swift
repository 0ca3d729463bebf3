/// Cuts a statement into tokens, in linear time and without a copy. What is left open at the end (the statement may have
/// been cut) reaches to the end. Statements are masked by it as well: what is a comment, and what a string, is one question.
package struct SQLLexer {
    /// The statement.
    package let text: UnsafeRawBufferPointer
    /// Whether the comment or string that was given last is not closed: it reaches to the end.
    package private(set) var isOpen = false
    private let dialect: SQLDialect
    private var index = 0
    /// How many executable comments are open.
    private var executable = 0

    /// The tokens of a statement.
    package init(_ text: UnsafeRawBufferPointer, _ dialect: SQLDialect) {
        self.text = text
        self.dialect = dialect
    }

    /// The tokens behind the end of what a text begins within: a string or a name in such quotes; with a line's end for a
    /// quote, a line comment. Where that does not end, ``isOpen`` says so.
    init(_ text: UnsafeRawBufferPointer, _ dialect: SQLDialect, behind quote: UInt8) {
        self.init(text, dialect)
        if quote == 0x0A {
            _ = lineComment()
        } else {
            // As if the quote stood in front.
            index = -1
            quoted(by: quote, escapes: dialect == .mysql && quote != UInt8(ascii: "`"))
        }
    }

    /// The bytes of a token.
    package func bytes(_ token: SQLToken) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text[token.range])
    }

    /// The next token; nil at the end.
    package mutating func next() -> SQLToken? {
        guard index < text.count else { return nil }
        isOpen = false
        let start = index
        let kind = take()
        index = min(max(index, start + 1), text.count)
        return SQLToken(kind: kind, range: start..<index)
    }

    private func byte(_ ahead: Int) -> UInt8 { index + ahead < text.count ? text[index + ahead] : 0 }

    private mutating func take() -> SQLToken.Kind {
        let first = text[index]
        switch first {
        case 0x20, 0x09...0x0D:
            while index < text.count, SQLLexer.isSpace(text[index]) { index += 1 }
            return .space
        case UInt8(ascii: "'"): return string(escapes: dialect == .mysql)
        case UInt8(ascii: "\""):
            if dialect == .mysql { return string(escapes: true) }
            quoted(by: first, escapes: false)
            return .quotedName
        case UInt8(ascii: "`") where dialect == .mysql:
            quoted(by: first, escapes: false)
            return .quotedName
        case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-") && beginsLineComment(): return lineComment()
        case UInt8(ascii: "#") where dialect == .mysql: return lineComment()
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): return comment()
        case UInt8(ascii: "*") where executable > 0 && byte(1) == UInt8(ascii: "/"):
            executable -= 1
            index += 2
            return .executableMark
        case UInt8(ascii: "$") where dialect == .postgresql: return dollar()
        case 0x30...0x39: return number()
        case UInt8(ascii: ".") where (0x30...0x39).contains(byte(1)) && !followsName(): return number()
        default:
            guard SQLLexer.isWord(first) else {
                index += 1
                return .symbol(first)
            }
            return word()
        }
    }

    private mutating func word() -> SQLToken.Kind {
        // N'..', E'..', B'..', X'..', U&'..' are strings.
        if byte(1) == UInt8(ascii: "'") {
            switch text[index] | 0x20 {
            case UInt8(ascii: "n"), UInt8(ascii: "b"), UInt8(ascii: "x"):
                index += 1
                return string(escapes: dialect == .mysql)
            case UInt8(ascii: "e") where dialect == .postgresql:
                index += 1
                return string(escapes: true)
            default: break
            }
        }
        if dialect == .postgresql, text[index] | 0x20 == UInt8(ascii: "u"), byte(1) == UInt8(ascii: "&") {
            if byte(2) == UInt8(ascii: "'") {
                index += 2
                return string(escapes: false)
            }
            if byte(2) == UInt8(ascii: "\"") {
                index += 2
                quoted(by: UInt8(ascii: "\""), escapes: false)
                return .quotedName
            }
        }
        while index < text.count,
            SQLLexer.isWord(text[index]) || (0x30...0x39).contains(text[index]) || text[index] == UInt8(ascii: "$")
        {
            index += 1
        }
        return .word
    }

    /// Letters, the underscore, and whatever is not ASCII.
    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    /// White space of SQL.
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Whether a name ends right in front of the index, so that a point joins what follows to it.
    private func followsName() -> Bool {
        guard index > 0 else { return false }
        let last = text[index - 1]
        return SQLLexer.isWord(last) || (0x30...0x39).contains(last) || last == UInt8(ascii: "`")
            || last == UInt8(ascii: "\"") || last == UInt8(ascii: "]")
    }

    private mutating func string(escapes: Bool) -> SQLToken.Kind {
        quoted(by: text[index], escapes: escapes)
        // PostgreSQL goes on with a string behind a line's end, and with what escapes mean in it.
        while escapes, dialect == .postgresql, !isOpen, let next = continuation() {
            index = next
            quoted(by: text[index], escapes: true)
        }
        return .string
    }

    /// Where the next part of a string begins that goes on behind white space with a line's end in it.
    private func continuation() -> Int? {
        var next = index
        var hasLineEnd = false
        while next < text.count, SQLLexer.isSpace(text[next]) {
            if text[next] == 0x0A || text[next] == 0x0D { hasLineEnd = true }
            next += 1
        }
        return hasLineEnd && next < text.count && text[next] == UInt8(ascii: "'") ? next : nil
    }

    /// Passes over what stands between quotes. A quote is doubled within them, or escaped.
    private mutating func quoted(by quote: UInt8, escapes: Bool) {
        index += 1
        while index < text.count {
            if escapes, text[index] == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if text[index] == quote {
                guard byte(1) == quote else {
                    index += 1
                    return
                }
                index += 1
            }
            index += 1
        }
        isOpen = true
    }

    /// `0x1F`, `0b01`, `1.5e-3`, and what has letters in it all the same.
    private mutating func number() -> SQLToken.Kind {
        var last: UInt8 = 0
        let isHexadecimal = text[index] == 0x30 && byte(1) | 0x20 == UInt8(ascii: "x")
        while index < text.count {
            let next = text[index]
            let isSign =
                (next == UInt8(ascii: "+") || next == UInt8(ascii: "-")) && last | 0x20 == UInt8(ascii: "e")
                && !isHexadecimal
            guard SQLLexer.isWord(next) || (0x30...0x39).contains(next) || next == UInt8(ascii: ".") || isSign else {
                break
            }
            last = next
            index += 1
        }
        return .number
    }

    private func beginsLineComment() -> Bool {
        // MySQL wants white space or the end behind it.
        dialect == .postgresql || index + 2 >= text.count || text[index + 2] <= 0x20
    }

    private mutating func lineComment() -> SQLToken.Kind {
        // A carriage return ends a line for PostgreSQL alone.
        while index < text.count, text[index] != 0x0A, text[index] != 0x0D || dialect == .mysql { index += 1 }
        isOpen = index >= text.count
        return .comment
    }

    private mutating func comment() -> SQLToken.Kind {
        if dialect == .mysql,
            byte(2) == UInt8(ascii: "!") || (byte(2) == UInt8(ascii: "M") && byte(3) == UInt8(ascii: "!"))
        {
            executable += 1
            index += byte(2) == UInt8(ascii: "!") ? 3 : 4
            while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
            return .executableMark
        }
        var depth = 1
        index += 2
        while index < text.count {
            if text[index] == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                index += 2
                depth -= 1
                if depth == 0 { break }
            } else if dialect == .postgresql, text[index] == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                index += 2
                depth += 1
            } else {
                index += 1
            }
        }
        isOpen = depth > 0
        return .comment
    }

    /// `$1`, or a string between two equal tags.
    private mutating func dollar() -> SQLToken.Kind {
        var end = index + 1
        if end < text.count, (0x30...0x39).contains(text[end]) {
            while end < text.count, (0x30...0x39).contains(text[end]) { end += 1 }
            index = end
            return .parameter
        }
        while end < text.count, SQLLexer.isWord(text[end]) || (0x30...0x39).contains(text[end]) { end += 1 }
        guard end < text.count else {
            // A tag that was cut, most likely.
            index = end
            isOpen = true
            return .string
        }
        guard text[end] == UInt8(ascii: "$") else {
            index += 1
            return .symbol(UInt8(ascii: "$"))
        }
        let tag = text[index...end]
        index = end + 1
        while index < text.count {
            guard text[index] == UInt8(ascii: "$") else {
                index += 1
                continue
            }
            // There is no other dollar sign inside a tag: no byte is compared more than twice.
            if text[index...].starts(with: tag) {
                index += tag.count
                return .string
            }
            index += 1
        }
        isOpen = true
        return .string
    }
}
