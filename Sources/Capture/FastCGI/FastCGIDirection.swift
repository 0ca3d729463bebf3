/// Where one side of a FastCGI connection stands.
struct FastCGIDirection {
    /// What its next byte belongs to.
    enum State {
        /// Not known: a record is looked for at the start of each call.
        case lost
        /// A record's header.
        case header
        /// A record's content, of which so many bytes are to come.
        case content(UInt64)
        /// Its padding.
        case padding(UInt64)
    }

    /// What its next byte belongs to.
    var state: State
    /// Whether the record began where one was looked for: then it is not an error if it is none.
    var isTentative = false
    /// The record that is under way.
    var record: FastCGIRecord?
    /// The place of its request among those under way; -1 for none.
    var place = -1
    /// Where its first byte moved.
    var start = ExecutionPoint(time: 0)
    /// Offset of its first byte.
    var offset: UInt64 = 0
    /// The last sixteen bytes that were gathered: of a header, of a body of eight bytes, of what a side that is lost
    /// sent.
    private(set) var last: (high: UInt64, low: UInt64) = (0, 0)
    /// How many have been gathered.
    private(set) var gathered = 0

    /// A direction whose next byte begins a record, or may lie anywhere.
    init(atStart: Bool) { state = atStart ? .header : .lost }

    /// Whether its place is not known.
    var isLost: Bool { if case .lost = state { true } else { false } }

    /// Forgets what was gathered.
    mutating func clear() {
        last = (0, 0)
        gathered = 0
    }

    /// Gathers bytes, the last sixteen of them.
    mutating func gather(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            last = (last.high << 8 | last.low >> 56, last.low << 8 | UInt64(byte))
            gathered &+= 1
        }
    }
}
