internal import OTLP
internal import Propagation

/// What a statement does, to what: its operations and their targets, as it has them, in their order
/// (https://opentelemetry.io/docs/specs/semconv/db/database-spans/#generating-a-summary-of-the-query).
/// `INSERT shipping_details SELECT orders`. No literal comes into it.
struct SQLSummary {
    /// Most bytes; what does not fit is left out from there on.
    static let limit = 255
    /// Most names of a WITH that are known again.
    private static let mostNames = 8

    private let text: UnsafeRawBufferPointer
    private var written = 0
    private var isFull = false

    /// What a name that comes next is.
    private var next = Next.nothing
    /// The name that is being read: it may have several parts.
    private var name: Range<Int>?
    private var nameMayGoOn = false
    /// The token before: what it was, and as a keyword.
    private var last = SQLToken.Kind.space
    private var lastKeyword: SQLKeyword?
    private var isStart = true
    private var depth = 0
    /// For each depth of parentheses: whether an operation stands there whose FROM names targets.
    private var operations: UInt64 = 0
    /// The depth at which names of a WITH are; -1 for none.
    private var withDepth = -1
    private var names: (Range<Int>, Range<Int>, Range<Int>, Range<Int>, Range<Int>, Range<Int>, Range<Int>, Range<Int>)
    private var nameCount = 0

    private enum Next {
        case nothing
        /// A target.
        case target
        /// Another target, if a comma comes.
        case moreTargets
        /// The kind of thing that is created, dropped or altered.
        case kind
        /// A second word that belongs to the operation.
        case secondWord
    }

    /// Adds a summary to the batch's arena: empty when nothing is known.
    static func append(
        _ text: UnsafeRawBufferPointer, _ dialect: SQLDialect, isWhole: Bool, to batch: inout SpanBatch
    ) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        var summary = SQLSummary(text)
        var lexer = SQLLexer(text, dialect)
        while !summary.isFull, let token = lexer.next() {
            switch token.kind {
            case .space, .comment, .executableMark: continue
            default: summary.take(token, lexer, to: &batch)
            }
        }
        // A name at the end of what is not all there may be half of one.
        if isWhole { summary.endName(to: &batch) }
        return ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
    }

    private init(_ text: UnsafeRawBufferPointer) {
        self.text = text
        names = (0..<0, 0..<0, 0..<0, 0..<0, 0..<0, 0..<0, 0..<0, 0..<0)
    }

    private mutating func take(_ token: SQLToken, _ lexer: borrowing SQLLexer, to batch: inout SpanBatch) {
        var keyword: SQLKeyword?
        switch token.kind {
        case .word:
            keyword = SQLKeyword(lexer.bytes(token))
            word(token, keyword, to: &batch)
        case .quotedName: named(token, to: &batch)
        case .symbol(let symbol): self.symbol(symbol, to: &batch)
        default:
            endName(to: &batch)
            if next != .moreTargets { next = .nothing }
            isStart = false
        }
        last = token.kind
        lastKeyword = keyword
    }

    private mutating func symbol(_ symbol: UInt8, to batch: inout SpanBatch) {
        if symbol == UInt8(ascii: "."), name != nil {
            nameMayGoOn = true
            return
        }
        endName(to: &batch)
        switch symbol {
        case UInt8(ascii: "("):
            depth += 1
            setOperation(false)
            if lastKeyword == .using { next = .nothing }
            // A list of columns, or a function's parameters.
            if next == .moreTargets { next = .nothing }
            isStart = withDepth >= 0
        case UInt8(ascii: ")"):
            if depth > 0 { depth -= 1 }
            next = hasOperation && next == .target ? .moreTargets : .nothing
            // Behind what a WITH defines comes the statement itself.
            isStart = depth == withDepth
        case UInt8(ascii: ","):
            if next == .moreTargets { next = .target }
            isStart = false
        case UInt8(ascii: ";"):
            depth = 0
            operations = 0
            withDepth = -1
            next = .nothing
            isStart = true
        default: isStart = false
        }
    }

    private mutating func word(_ token: SQLToken, _ keyword: SQLKeyword?, to batch: inout SpanBatch) {
        if nameMayGoOn, name != nil { return named(token, to: &batch) }
        endName(to: &batch)
        defer { isStart = keyword == .explain || keyword == .as || keyword == .analyze || keyword == .verbose }
        guard let keyword else { return named(token, to: &batch) }
        if next == .kind, kind(token, keyword, to: &batch) { return }
        if next == .secondWord {
            next = .nothing
            write(token.range, to: &batch)
            return
        }
        switch keyword {
        case .select: operation(token, .nothing, to: &batch)
        case .with where isStart || last == .symbol(UInt8(ascii: "(")): withDepth = depth
        case .insert, .replace, .merge, .copy, .load, .lock, .truncate, .update, .delete, .call, .use, .execute,
            .handler,
            .vacuum, .reindex, .refresh, .optimize, .repair:
            guard isStart else { return }
            operation(token, next(after: keyword), to: &batch)
            // What it copies from is no table.
            if keyword == .copy { setOperation(false) }
        case .create, .drop, .alter: if isStart { operation(token, .kind, to: &batch) }
        case .show, .start: if isStart { operation(token, .secondWord, to: &batch) }
        case .begin, .commit, .rollback, .savepoint, .release, .explain, .describe, .desc, .set, .grant, .revoke, .kill,
            .unlock, .flush, .reset, .discard, .declare, .fetch, .close, .move, .listen, .notify, .unlisten,
            .checkpoint,
            .abort, .xa, .comment, .cluster, .do, .prepare, .deallocate, .analyze, .check, .rename, .stop, .purge,
            .help,
            .values:
            if isStart, depth == 0, lastKeyword != .explain { operation(token, .nothing, to: &batch) }
        case .from: if hasOperation, lastKeyword != .distinct { next = .target }
        case .join: if hasOperation { next = .target }
        case .into, .using: if hasOperation { next = .target }
        case .only, .lateral, .low_priority, .high_priority, .delayed, .ignore, .quick, .table, .tables, .if, .not,
            .exists, .data, .concurrently, .recursive:
            // They stand between an operation and its target.
            if next == .target { return }
            next = .nothing
        case .on, .as, .and, .or:
            // An alias or the condition of a join: a comma still brings another target.
            if next != .moreTargets { next = .nothing }
        default: next = .nothing
        }
    }

    private func next(after keyword: SQLKeyword) -> Next {
        switch keyword {
        case .insert, .replace, .merge, .copy, .lock, .truncate, .update, .call, .use, .handler, .vacuum, .reindex,
            .refresh, .optimize, .repair, .execute:
            .target
        default: .nothing
        }
    }

    /// The kind of what is created: it belongs to the operation.
    private mutating func kind(_ token: SQLToken, _ keyword: SQLKeyword, to batch: inout SpanBatch) -> Bool {
        switch keyword {
        case .table, .index, .view, .database, .schema, .function, .procedure, .trigger, .user, .role, .sequence, .type,
            .extension, .event, .domain, .server, .tablespace, .aggregate, .language, .operator, .policy, .publication,
            .subscription:
            write(token.range, to: &batch)
            next = .target
            return true
        case .or, .replace, .materialized: return true
        default: return false
        }
    }

    private mutating func operation(_ token: SQLToken, _ next: Next, to batch: inout SpanBatch) {
        if depth <= withDepth { withDepth = -1 }
        setOperation(true)
        write(token.range, to: &batch)
        self.next = next
    }

    /// A word that is no keyword, or a name in quotes.
    private mutating func named(_ token: SQLToken, to batch: inout SpanBatch) {
        isStart = false
        if let begun = name, nameMayGoOn {
            name = begun.lowerBound..<token.range.upperBound
            nameMayGoOn = false
            return
        }
        if depth == withDepth, lastKeyword == .with || lastKeyword == .recursive || last == .symbol(UInt8(ascii: ",")) {
            remember(token.range)
            return
        }
        switch next {
        case .target: name = token.range
        // Another kind than we know, or what qualifies it.
        case .kind: return
        case .secondWord:
            write(token.range, to: &batch)
            next = .nothing
        // An alias.
        case .moreTargets, .nothing: return
        }
    }

    /// The name that was being read is all there.
    private mutating func endName(to batch: inout SpanBatch) {
        guard let range = name else { return }
        name = nil
        nameMayGoOn = false
        next = .moreTargets
        if !isRemembered(range) { write(range, to: &batch) }
    }

    private mutating func remember(_ range: Range<Int>) {
        guard nameCount < SQLSummary.mostNames else { return }
        withUnsafeMutableBytes(of: &names) { $0.bindMemory(to: Range<Int>.self)[nameCount] = range }
        nameCount += 1
    }

    private func isRemembered(_ range: Range<Int>) -> Bool {
        withUnsafeBytes(of: names) { names in
            names.bindMemory(to: Range<Int>.self).prefix(nameCount).contains { known in
                known.count == range.count
                    && zip(text[known], text[range]).allSatisfy { $0 == $1 || ($0 | 0x20 == $1 | 0x20 && $0 >= 0x41) }
            }
        }
    }

    private var hasOperation: Bool { depth < 64 && operations & 1 << UInt64(depth) != 0 }

    private mutating func setOperation(_ isThere: Bool) {
        guard depth < 64 else { return }
        if isThere { operations |= 1 << UInt64(depth) } else { operations &= ~(1 << UInt64(depth)) }
    }

    private mutating func write(_ range: Range<Int>, to batch: inout SpanBatch) {
        let separator = written > 0 ? 1 : 0
        guard !isFull, written + separator + range.count <= SQLSummary.limit else {
            isFull = true
            return
        }
        if separator > 0 { _ = batch.append(text: " ") }
        _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: text[range]))
        written += separator + range.count
    }
}
