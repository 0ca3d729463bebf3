/// The words of SQL that say what a statement does, and to what.
enum SQLKeyword: String, CaseIterable {
    case select, insert, update, delete, replace, merge, with, recursive, from, join, into, using, values, set, `where`
    case group, order, having, limit, union, intersect, except, on, `as`, and, or, not, `in`, between, like, exists
    case call, execute, prepare, deallocate, use, show, begin, start, commit, rollback, savepoint, release, explain
    case describe, desc, analyze, verbose, create, drop, alter, truncate, lock, unlock, copy, load, data, grant, revoke
    case kill, vacuum, reindex, refresh, optimize, repair, check, flush, reset, discard, declare, fetch, close, move
    case listen, notify, unlisten, checkpoint, abort, end, xa, handler, comment, cluster, `do`, rename, stop, purge,
        help
    case table, tables, index, view, database, schema, function, procedure, trigger, user, role, sequence, type
    case `extension`, event, domain, server, tablespace, aggregate, language, `operator`, policy, publication
    case subscription, transaction, work, materialized, `if`, only, lateral, low_priority, high_priority, delayed
    case ignore, quick, distinct, all, `true`, `false`, `returning`, cascade, concurrently, `for`, key

    private static let known: [UInt64: SQLKeyword] = Dictionary(
        uniqueKeysWithValues: allCases.map { (hash($0.rawValue.utf8), $0) })

    /// The keyword that a word is, in either case; nil when it is none.
    init?(_ word: UnsafeRawBufferPointer) {
        guard word.count >= 2, word.count <= 13, let keyword = SQLKeyword.known[SQLKeyword.hash(word)] else {
            return nil
        }
        self = keyword
    }

    /// FNV-1a of the word in lower case.
    private static func hash(_ word: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word {
            let isCapital = (0x41...0x5A).contains(byte)
            hash = (hash ^ UInt64(isCapital ? byte | 0x20 : byte)) &* 0x100_0000_01B3
        }
        return hash
    }
}
