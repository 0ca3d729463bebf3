/// The commands of Memcached's text protocol (https://docs.memcached.org/protocols/basic/) and of its meta protocol
/// (https://docs.memcached.org/protocols/meta/).
enum MemcachedCommand: UInt8, CaseIterable {
    case get, gets, gat, gats, set, add, replace, append, prepend, cas, delete, incr, decr, touch
    case flushAll, version, verbosity, stats, quit, shutdown, watch, cacheMemoryLimit, slabs, lru, lruCrawler
    case metaGet, metaSet, metaDelete, metaArithmetic, metaNoop, metaDebug

    /// All of them.
    private static let all = allCases

    /// The word that stands for it.
    var word: StaticString {
        switch self {
        case .get: "get"
        case .gets: "gets"
        case .gat: "gat"
        case .gats: "gats"
        case .set: "set"
        case .add: "add"
        case .replace: "replace"
        case .append: "append"
        case .prepend: "prepend"
        case .cas: "cas"
        case .delete: "delete"
        case .incr: "incr"
        case .decr: "decr"
        case .touch: "touch"
        case .flushAll: "flush_all"
        case .version: "version"
        case .verbosity: "verbosity"
        case .stats: "stats"
        case .quit: "quit"
        case .shutdown: "shutdown"
        case .watch: "watch"
        case .cacheMemoryLimit: "cache_memlimit"
        case .slabs: "slabs"
        case .lru: "lru"
        case .lruCrawler: "lru_crawler"
        case .metaGet: "mg"
        case .metaSet: "ms"
        case .metaDelete: "md"
        case .metaArithmetic: "ma"
        case .metaNoop: "mn"
        case .metaDebug: "me"
        }
    }

    /// The command that a word stands for.
    init?(_ word: UnsafeRawBufferPointer) {
        guard let found = MemcachedCommand.all.first(where: { MemcachedLine.isEqual(word, $0.word) }) else {
            return nil
        }
        self = found
    }

    /// Whether a command's word could begin so.
    static func isPrefix(_ word: UnsafeRawBufferPointer) -> Bool {
        all.contains { command in
            command.word.withUTF8Buffer { $0.count >= word.count && $0.prefix(word.count).elementsEqual(word) }
        }
    }

    /// Whether a value follows its line.
    var isStorage: Bool {
        switch self {
        case .set, .add, .replace, .append, .prepend, .cas, .metaSet: true
        default: false
        }
    }

    /// Whether it asks for values.
    var isRetrieval: Bool {
        switch self {
        case .get, .gets, .gat, .gats: true
        default: false
        }
    }

    /// Whether its flags may make it quiet.
    var isMeta: Bool { rawValue >= MemcachedCommand.metaGet.rawValue }

    /// Whether it is of interest only if it fails.
    var isSilent: Bool { self == .quit || self == .metaNoop || self == .verbosity }

    /// Which of its words are keys; they are counted from 1.
    var keys: ClosedRange<Int>? {
        switch self {
        case .get, .gets: 1...Int.max
        case .gat, .gats: 2...Int.max
        case .set, .add, .replace, .append, .prepend, .cas, .delete, .incr, .decr, .touch: 1...1
        case .metaGet, .metaSet, .metaDelete, .metaArithmetic, .metaDebug: 1...1
        default: nil
        }
    }

    /// Which of its words says how long the value is that follows.
    var lengthPlace: Int? { self == .metaSet ? 2 : isStorage ? 4 : nil }

    /// How many words its line has at least.
    var leastWords: Int {
        switch self {
        case .set, .add, .replace, .append, .prepend: 5
        case .cas: 6
        case .gat, .gats, .incr, .decr, .touch, .metaSet: 3
        case .get, .gets, .delete, .metaGet, .metaDelete, .metaArithmetic, .metaDebug, .watch, .cacheMemoryLimit: 2
        default: 1
        }
    }

    /// Whether no other protocol that is known says such a line.
    var isDistinct: Bool {
        switch self {
        case .get, .gets, .gat, .gats, .set, .add, .replace, .append, .prepend, .cas, .incr, .decr, .flushAll, .touch,
            .metaGet, .metaSet, .metaDelete, .metaArithmetic, .delete:
            true
        default: false
        }
    }
}
