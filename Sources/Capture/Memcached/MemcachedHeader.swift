/// The operations of Memcached's binary protocol (https://docs.memcached.org/protocols/binary/).
enum MemcachedOpcode: UInt8 {
    case get = 0, set, add, replace, delete, increment, decrement, quit, flush, getQ, noop, version, getK, getKQ, append
    case prepend, stat, setQ, addQ, replaceQ, deleteQ, incrementQ, decrementQ, quitQ, flushQ, appendQ, prependQ
    case verbosity, touch, gat, gatQ, saslList = 0x20, saslAuth, saslStep, gatK, gatKQ

    /// The operation's name, as the text protocol has it; what tells quiet ones and those that give the key back from the
    /// others is left out.
    var name: StaticString {
        switch self {
        case .get, .getQ, .getK, .getKQ: "get"
        case .set, .setQ: "set"
        case .add, .addQ: "add"
        case .replace, .replaceQ: "replace"
        case .delete, .deleteQ: "delete"
        case .increment, .incrementQ: "incr"
        case .decrement, .decrementQ: "decr"
        case .quit, .quitQ: "quit"
        case .flush, .flushQ: "flush_all"
        case .noop: "noop"
        case .version: "version"
        case .append, .appendQ: "append"
        case .prepend, .prependQ: "prepend"
        case .stat: "stats"
        case .verbosity: "verbosity"
        case .touch: "touch"
        case .gat, .gatQ, .gatK, .gatKQ: "gat"
        case .saslList: "sasl_list_mechs"
        case .saslAuth: "sasl_auth"
        case .saslStep: "sasl_step"
        }
    }

    /// Whether it is answered only if there is something to say.
    var isQuiet: Bool {
        switch self {
        case .getQ, .getKQ, .setQ, .addQ, .replaceQ, .deleteQ, .incrementQ, .decrementQ, .flushQ, .appendQ, .prependQ,
            .gatQ, .gatKQ, .quitQ:
            true
        default: false
        }
    }

    /// Whether it is of interest only if it fails.
    var isSilent: Bool {
        switch self {
        case .noop, .quit, .quitQ, .verbosity, .saslList, .saslAuth, .saslStep: true
        default: false
        }
    }
}

/// What each message of the binary protocol begins with.
struct MemcachedHeader {
    /// Bytes of a header.
    static let size = 24
    /// The first byte of a request, and of a response.
    static let (request, response): (UInt8, UInt8) = (0x80, 0x81)
    /// Longest message behind its header, bytes: the largest item there can be (1 GiB), with room to spare.
    private static let longest: UInt32 = 1100 << 20

    /// Whether it is a request's.
    var isRequest: Bool
    /// What is done.
    var opcode: MemcachedOpcode
    /// Bytes of the key.
    var keyLength: Int
    /// Bytes between header and key.
    var extrasLength: Int
    /// The response's status; 0 for success.
    var status: UInt16
    /// Bytes behind the header.
    var bodyLength: UInt32
    /// What the client tells its requests by.
    var opaque: UInt32

    /// Reads a header; nil for bytes that are none, or too few.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= MemcachedHeader.size, let opcode = MemcachedOpcode(rawValue: bytes[1]), bytes[5] == 0,
            bytes[0] == MemcachedHeader.request || bytes[0] == MemcachedHeader.response
        else { return nil }
        isRequest = bytes[0] == MemcachedHeader.request
        self.opcode = opcode
        keyLength = Int(MemcachedHeader.number(bytes, at: 2, 2))
        extrasLength = Int(bytes[4])
        status = isRequest ? 0 : UInt16(truncatingIfNeeded: MemcachedHeader.number(bytes, at: 6, 2))
        bodyLength = MemcachedHeader.number(bytes, at: 8, 4)
        opaque = MemcachedHeader.number(bytes, at: 12, 4)
        guard keyLength <= 250, extrasLength <= 20, keyLength + extrasLength <= bodyLength,
            bodyLength <= MemcachedHeader.longest
        else { return nil }
        if isRequest, MemcachedHeader.number(bytes, at: 6, 2) != 0 { return nil }
    }

    /// A big-endian number of two or four bytes.
    private static func number(_ bytes: UnsafeRawBufferPointer, at place: Int, _ count: Int) -> UInt32 {
        bytes[place..<(place + count)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
