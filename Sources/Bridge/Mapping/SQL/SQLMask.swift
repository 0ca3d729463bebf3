internal import OTLP
internal import Propagation

/// A statement without its values: literals are `?`, a list of them in `IN (...)` is one, comments are left out. Names,
/// keywords and placeholders stay as they are.
struct SQLMask {
    /// Most bytes of a masked statement; what is beyond is cut.
    static let limit = 4096
    /// What stands in place of what was cut.
    private static let mark: StaticString = "..."

    private let text: UnsafeRawBufferPointer
    private var written = 0
    private var isCut = false
    /// White space that is written in front of whatever comes next.
    private var space: Range<Int>?
    private var hasSpace = false
    /// Where in an `IN (...)` the masking is.
    private var list = ListState.outside
    /// A sign that belongs to a number, if one follows.
    private var sign: Range<Int>?
    private var last = SQLToken.Kind.space

    private enum ListState {
        case outside
        /// Behind the word.
        case word
        /// Behind the parenthesis.
        case open
        /// Behind the first literal: others are left out.
        case literal
        /// Behind a comma that has been left out.
        case comma
    }

    /// Adds a statement to the batch's arena.
    ///
    /// - Parameter isWhole: whether it is all there.
    static func append(
        _ text: UnsafeRawBufferPointer, _ dialect: SQLDialect, isWhole: Bool, to batch: inout SpanBatch
    ) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        var mask = SQLMask(text)
        var lexer = SQLLexer(text, dialect)
        while !mask.isCut, let token = lexer.next() { mask.take(token, lexer, to: &batch) }
        mask.flushSign(to: &batch)
        if mask.isCut || !isWhole { _ = batch.append(text: SQLMask.mark) }
        return ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
    }

    /// Adds a statement as it is, cut where it is too long.
    static func append(whole text: UnsafeRawBufferPointer, isWhole: Bool, to batch: inout SpanBatch) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: text.prefix(limit)))
        if text.count > limit || !isWhole { _ = batch.append(text: mark) }
        return ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
    }

    private init(_ text: UnsafeRawBufferPointer) { self.text = text }

    private mutating func take(_ token: SQLToken, _ lexer: borrowing SQLLexer, to batch: inout SpanBatch) {
        switch token.kind {
        case .space:
            if space == nil { space = token.range }
            hasSpace = true
            return
        case .comment:
            hasSpace = true
            return
        case .string, .number: literal(to: &batch)
        case .word:
            switch SQLKeyword(lexer.bytes(token)) {
            case .true, .false: literal(to: &batch)
            case .in:
                plain(token, to: &batch)
                list = .word
            default: plain(token, to: &batch)
            }
        case .symbol(let symbol): self.symbol(symbol, token, to: &batch)
        case .quotedName, .parameter, .executableMark: plain(token, to: &batch)
        }
        last = token.kind
    }

    private mutating func symbol(_ symbol: UInt8, _ token: SQLToken, to batch: inout SpanBatch) {
        switch (list, symbol) {
        case (.word, UInt8(ascii: "(")):
            plain(token, to: &batch)
            list = .open
            return
        case (.literal, UInt8(ascii: ",")):
            list = .comma
            dropSpace()
            return
        default: break
        }
        let isSign = symbol == UInt8(ascii: "-") || symbol == UInt8(ascii: "+")
        if isSign, case .symbol(let before) = last, before != UInt8(ascii: ")"), sign == nil {
            sign = token.range
            return
        }
        plain(token, to: &batch)
    }

    private mutating func literal(to batch: inout SpanBatch) {
        sign = nil
        switch list {
        case .literal, .comma:
            dropSpace()
            list = .literal
            return
        case .open: list = .literal
        case .outside, .word: list = .outside
        }
        writeSpace(to: &batch)
        write("?", to: &batch)
    }

    private mutating func plain(_ token: SQLToken, to batch: inout SpanBatch) {
        flushSign(to: &batch)
        if list == .comma {
            write(", ", to: &batch)
            dropSpace()
        }
        list = .outside
        writeSpace(to: &batch)
        write(UnsafeRawBufferPointer(rebasing: text[token.range]), to: &batch)
    }

    private mutating func flushSign(to batch: inout SpanBatch) {
        guard let range = sign else { return }
        sign = nil
        plain(SQLToken(kind: .space, range: range), to: &batch)
    }

    private mutating func writeSpace(to batch: inout SpanBatch) {
        defer { dropSpace() }
        guard hasSpace, written > 0 else { return }
        if let space {
            write(UnsafeRawBufferPointer(rebasing: text[space]), to: &batch)
        } else {
            write(" ", to: &batch)
        }
    }

    private mutating func dropSpace() {
        space = nil
        hasSpace = false
    }

    private mutating func write(_ text: StaticString, to batch: inout SpanBatch) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), to: &batch)
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer, to batch: inout SpanBatch) {
        guard !isCut else { return }
        guard written + bytes.count <= SQLMask.limit else {
            isCut = true
            return
        }
        written += bytes.count
        _ = batch.append(bytes: bytes)
    }
}
