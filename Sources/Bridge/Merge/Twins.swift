/// Spans of ours of which an SDK has made one as well, and the SDK's. Bounded: the oldest make room.
struct Twins: Sendable {
    private var byOurs: RecentTable<UInt64, UInt64>
    /// Spans of clients that SDKs made, the latest: ours of the same call may come after them, if it waits for its parent.
    private var callers: RecentTable<SpanKey, Void>

    /// - Parameter maximum: most pairs that are remembered, and as many spans without one.
    init(maximum: Int) {
        byOurs = RecentTable(maximum: maximum)
        callers = RecentTable(maximum: maximum)
    }

    /// The SDK's span for a span of ours.
    subscript(span: UInt64) -> UInt64? { byOurs[span] }

    /// An SDK has made a span of what one of ours is about.
    mutating func pair(_ ours: UInt64, with theirs: UInt64) { byOurs.note(theirs, of: ours) }

    /// An SDK has made a span of a call.
    mutating func called(_ span: SpanKey) { callers.note((), of: span) }

    /// Whether an SDK has made a span of a call by this id.
    func hasCalled(_ span: SpanKey) -> Bool { callers[span] != nil }
}
