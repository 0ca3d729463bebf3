/// Whether a source is worth asking. One that failed is left alone for a while, longer each time, so that a socket that hangs
/// costs the first that wait for it and nobody after them. A value; time is given.
struct SourceHealth: Sendable {
    /// How long a source is left alone after its first failure, ns.
    static let firstPause: UInt64 = 5_000_000_000
    /// And at most.
    static let longestPause: UInt64 = 300_000_000_000

    /// What is worth saying of it.
    enum Change: Equatable {
        case none
        /// It answered before, or was not asked, and fails now.
        case failed
        /// It answers again.
        case recovered
    }

    private var pause: UInt64 = 0
    private var until: UInt64 = 0

    /// One that has not been asked.
    init() {}

    /// Whether it may be asked.
    func isUsable(now: UInt64) -> Bool { pause == 0 || now >= until }

    /// It did not answer.
    mutating func failed(now: UInt64) -> Change {
        let isFirst = pause == 0
        pause = isFirst ? Self.firstPause : min(pause &* 2, Self.longestPause)
        until = now &+ pause
        return isFirst ? .failed : .none
    }

    /// It answered.
    mutating func answered() -> Change {
        defer { pause = 0 }
        return pause == 0 ? .none : .recovered
    }
}
