internal import Capture

/// Exchanges that were left out at one end while a span of their other end was held back: it will not leave. Bounded: beyond
/// that the oldest are forgotten, whose other end then leaves alone.
struct ShedExchanges {
    private var known: RecentTable<ExchangeID, Void>

    /// - Parameter maximum: most that are remembered, at least 1.
    init(maximum: Int) { known = RecentTable(maximum: maximum) }

    /// An exchange was left out.
    mutating func insert(_ id: ExchangeID) { known.note((), of: id) }

    /// Whether it was.
    func contains(_ id: ExchangeID) -> Bool { !known.isEmpty && known[id] != nil }
}
