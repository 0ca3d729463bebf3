internal import Capture

/// Ends of exchanges with the time at which they may be forgotten, in the order in which they were added. Times come
/// nearly in order; one that comes early waits for those before it.
struct ExpiryQueue {
    private var entries: [(end: ExchangeEnd, time: UInt64)] = []
    private var first = 0

    /// Adds an end.
    mutating func append(_ end: ExchangeEnd, at time: UInt64) { entries.append((end, time)) }

    /// Takes the oldest entry if its time has come.
    mutating func popFirst(before time: UInt64) -> ExchangeEnd? {
        guard first < entries.count, entries[first].time < time else { return nil }
        let end = entries[first].end
        first += 1
        if first > 1024, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        }
        return end
    }
}
