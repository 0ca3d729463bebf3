/// Spans of ours of which an SDK has made one as well, and the SDK's. Bounded: the oldest make room.
struct Twins: Sendable {
    private let maximum: Int
    private var byOurs: [UInt64: UInt64] = [:]
    private var order: [UInt64] = []
    private var next = 0

    /// - Parameter maximum: most pairs that are remembered.
    init(maximum: Int) { self.maximum = max(maximum, 1) }

    /// The SDK's span for a span of ours.
    subscript(span: UInt64) -> UInt64? { byOurs[span] }

    /// An SDK has made a span of what one of ours is about.
    mutating func pair(_ ours: UInt64, with theirs: UInt64) {
        guard byOurs.updateValue(theirs, forKey: ours) == nil else { return }
        if order.count < maximum {
            order.append(ours)
        } else {
            byOurs[order[next]] = nil
            order[next] = ours
        }
        next = (next + 1) % maximum
    }
}
