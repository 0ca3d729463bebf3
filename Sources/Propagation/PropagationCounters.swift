/// What became of the context of one dialect on one message.
public enum ContextOutcome: Int, CaseIterable, Sendable {
    /// It is valid.
    case read
    /// It says whether to record, but has no ids, and means to.
    case decision
    /// It is not valid: ignored.
    case invalid
    /// There was more than one where one is allowed: all are ignored.
    case repeated
    /// The context is valid, but the vendor state beside it is not and is left out.
    case invalidState
    /// Vendor state without a context: ignored.
    case strayState
}

/// How many messages had a context, by dialect and by what became of it; grows only.
public struct PropagationCounters: Sendable {
    private var counts = [UInt64](repeating: 0, count: Propagator.allCases.count * ContextOutcome.allCases.count)

    /// All zero.
    public init() {}

    /// How many messages had a context of a dialect of which this became.
    public internal(set) subscript(propagator: Propagator, outcome: ContextOutcome) -> UInt64 {
        get { counts[propagator.index * ContextOutcome.allCases.count + outcome.rawValue] }
        set { counts[propagator.index * ContextOutcome.allCases.count + outcome.rawValue] = newValue }
    }

    /// Messages whose context could not be used, of whatever dialect.
    public var rejected: UInt64 {
        Propagator.allCases.reduce(0) { $0 &+ self[$1, .invalid] &+ self[$1, .repeated] }
    }
}
