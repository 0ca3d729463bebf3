/// Processes that are to be looked at a second time, a moment after the first: many become another user, or begin to
/// listen, right after they begin. At most 4096, in the order of their time.
struct LookAgain {
    static let capacity = 4096
    /// How long after the first look, ns.
    static let delay: UInt64 = 250_000_000

    private var entries: [(number: UInt32, due: UInt64)] = []
    private var first = 0

    /// When there is something to do, ns of CLOCK_MONOTONIC.
    var due: UInt64? { first < entries.count ? entries[first].due : nil }

    /// Adds a process; false when there is no room.
    mutating func add(_ number: UInt32, now: UInt64) -> Bool {
        guard entries.count - first < LookAgain.capacity else { return false }
        if entries.count >= 2 * LookAgain.capacity {
            entries.removeFirst(first)
            first = 0
        }
        entries.append((number, now &+ LookAgain.delay))
        return true
    }

    /// The one whose time has come.
    mutating func next(now: UInt64) -> UInt32? {
        guard first < entries.count, entries[first].due <= now else { return nil }
        first += 1
        return entries[first - 1].number
    }
}
