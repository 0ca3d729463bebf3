/// Why something was forgotten, or decided early, before its time.
public enum EvictionReason: Int, Sendable, CaseIterable {
    /// An exchange that is over made room before its retention was over: late children no longer find it.
    case closedExchange = 0
    /// An exchange still open made room for another: its end cannot be told any more and is dropped when it comes.
    case openExchange
    /// An undecided exchange was decided before its client end, or an answer, could come, for want of memory or of room.
    case undecided
    /// A unit of execution made room for another.
    case unit
    /// The opening of a connection made room for another.
    case socket
    /// What a new thread inherited made room for another's.
    case inheritance
    /// A request id could not be remembered for want of room.
    case requestID
    /// A process whose request ids were remembered made room for another.
    case process
    /// A value, or a request with values, made room for others.
    case value
    /// A request or call could not be looked at together with others for want of room, or learned habits made room.
    case window
}

/// What Correlate counted since it began. All grow only, ``undecided`` and ``heldBytes`` apart.
public struct CorrelateCounters: Sendable {
    /// Ends of exchanges that Capture opened, duplicates apart.
    public var opened: UInt64 = 0
    /// Ends of exchanges that Capture closed, duplicates and unmatched ones apart.
    public var closed: UInt64 = 0
    /// Exchanges handed on as opened.
    public var emittedOpened: UInt64 = 0
    /// Exchanges handed on as closed.
    public var emittedClosed: UInt64 = 0
    /// Exchanges whose best parent was not sure enough: handed on without.
    public var unsure: UInt64 = 0
    /// Client ends that came after their server end had been decided without them.
    public var lateJoins: UInt64 = 0
    /// Parents dropped because the call would have been among its own ancestors.
    public var cycles: UInt64 = 0
    /// Exchanges opened, or closed, a second time: ignored.
    public var duplicates: UInt64 = 0
    /// Closings of exchanges that are not known, or not any more: dropped.
    public var unmatchedCloses: UInt64 = 0
    /// Events stamped before what their unit of execution is known to have done since: ignored as evidence.
    public var stragglers: UInt64 = 0
    /// Request ids that are none: empty, or longer than what any proxy makes.
    public var invalidRequestIDs: UInt64 = 0
    /// Server ends that wait for their client end at the moment, and calls that wait for an answer.
    public var undecided: UInt64 = 0
    /// Bytes held at the moment by exchanges that cannot leave yet.
    public var heldBytes: UInt64 = 0

    /// A row of ``ConfidenceBucket`` for each ``LinkMethod``.
    private var links = InlineArray<50, UInt64>(repeating: 0)
    private var evictions = InlineArray<10, UInt64>(repeating: 0)

    /// Nothing yet.
    public init() {}

    /// Exchanges whose parent was found by a kind of evidence; `none` counts those without a parent.
    public subscript(linked method: LinkMethod) -> UInt64 {
        ConfidenceBucket.allCases.reduce(0) { $0 &+ self[linked: method, $1] }
    }

    /// Those of them of which it was so sure.
    public subscript(linked method: LinkMethod, bucket: ConfidenceBucket) -> UInt64 {
        links[Self.place(method, bucket)]
    }

    /// How often something made room, by reason.
    public internal(set) subscript(evicted reason: EvictionReason) -> UInt64 {
        get { evictions[reason.rawValue] }
        set { evictions[reason.rawValue] = newValue }
    }

    /// Counts a decision that is final.
    mutating func count(_ link: Link) {
        let place =
            link.parent == nil
            ? Self.place(.none, .lowest) : Self.place(link.method, ConfidenceBucket(link.confidence))
        links[place] &+= 1
    }

    private static func place(_ method: LinkMethod, _ bucket: ConfidenceBucket) -> Int {
        Int(method.rawValue) * ConfidenceBucket.allCases.count + bucket.rawValue
    }
}
