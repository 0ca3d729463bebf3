/// Elements with the time at which they may be forgotten, in the order in which they were added. Times come nearly in
/// order; one that comes early waits for those before it.
struct ExpiryQueue<Element: Sendable>: Sendable {
    private var entries: [(element: Element, time: UInt64)] = []
    private var first = 0

    /// Adds an element.
    mutating func append(_ element: Element, at time: UInt64) { entries.append((element, time)) }

    /// Takes the oldest entry if its time has come.
    mutating func popFirst(before time: UInt64) -> Element? {
        guard first < entries.count, entries[first].time < time else { return nil }
        let element = entries[first].element
        first += 1
        if first > 1024, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        }
        return element
    }
}
