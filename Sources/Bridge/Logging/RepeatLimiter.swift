/// Keeps a log from repeating itself: of equal messages within an interval the first few pass, the rest are counted.
///
/// A value without a clock: the time is given, monotonic, in nanoseconds.
struct RepeatLimiter {
    /// What to do with a message.
    enum Verdict: Equatable {
        /// Write it, and say that so many equal ones were left out since.
        case write(suppressed: UInt64)
        /// Leave it out.
        case suppress
    }

    private struct Entry {
        var start: UInt64
        var written: UInt32 = 0
        var suppressed: UInt64 = 0
    }

    /// Most messages that are remembered; with more, all are forgotten and counting starts anew.
    static let maximumEntries = 256

    /// How long equal messages are counted together, ns.
    let interval: UInt64
    /// How many of them pass.
    let burst: UInt32
    private var entries: [Int: Entry] = [:]

    /// A limiter that has seen nothing.
    init(interval: UInt64 = 10_000_000_000, burst: UInt32 = 5) {
        self.interval = interval
        self.burst = burst
    }

    /// Whether a message, named by a hash, is written.
    mutating func verdict(_ key: Int, at now: UInt64) -> Verdict {
        if entries[key] == nil, entries.count >= Self.maximumEntries { entries.removeAll(keepingCapacity: true) }
        var entry = entries[key] ?? Entry(start: now)
        defer { entries[key] = entry }
        var suppressed: UInt64 = 0
        if now &- entry.start >= interval {
            suppressed = entry.suppressed
            entry = Entry(start: now)
        }
        guard entry.written < burst else {
            entry.suppressed += 1
            return .suppress
        }
        entry.written += 1
        return .write(suppressed: suppressed)
    }
}
