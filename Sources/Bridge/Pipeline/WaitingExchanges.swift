internal import Capture

/// Closed exchanges whose process is still being looked up, with the place they were given. Bounded.
struct WaitingExchanges {
    /// One of them.
    struct Entry {
        var exchange: Exchange
        var place: SpanContext
        var wallClockOffset: Int64
        /// Since when, ns of CLOCK_MONOTONIC.
        var since: UInt64
    }

    /// Most that wait at a time.
    static let maximum = 65_536

    private(set) var entries: [Entry] = []
    private(set) var fields = FieldBuffer()

    /// Whether there is room for one more.
    var hasRoom: Bool { entries.count < WaitingExchanges.maximum }

    /// Adds one; its fields are copied.
    mutating func append(_ entry: Entry, fields source: borrowing FieldBuffer) {
        var entry = entry
        entry.exchange.fields = fields.append(entry.exchange.fields, of: source)
        entries.append(entry)
    }

    /// Forgets all and keeps the memory.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        fields.removeAll()
    }
}
