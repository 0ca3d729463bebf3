/// Requests of a connection that wait for their answers, in their order, with what tells which answer is whose: quiet ones
/// may have none.
struct MemcachedQueue {
    /// A request that waits.
    struct Entry {
        /// Its exchange.
        var handle: ExchangeHandle
        /// What the client tells it by, where it does; 0 for nothing.
        var opaque: UInt64
        /// A hash of its key, where answers may name it; 0 for none.
        var key: UInt64 = 0
        /// What is done: the raw value of a command or an operation.
        var kind: UInt8
        /// Whether it is answered only if there is something to say.
        var isQuiet: Bool
        /// Whether it is of interest only if it fails.
        var isSilent: Bool
    }

    private var entries: ContiguousArray<Entry> = []
    private var start = 0

    /// How many there are.
    var count: Int { entries.count - start }
    /// The first.
    var first: Entry? { start < entries.count ? entries[start] : nil }
    /// Whether another one behind the first does the same, and the client tells them apart by nothing.
    var isFirstOneOfSeveral: Bool {
        guard let first else { return false }
        return entries[(start + 1)...].contains { $0.kind == first.kind && $0.opaque == first.opaque }
    }

    /// Adds one, for which there is memory.
    mutating func append(_ entry: Entry, in exchanges: inout ExchangeTable) -> Bool {
        guard exchanges.reserve(MemoryLayout<Entry>.stride) else { return false }
        entries.append(entry)
        return true
    }

    /// Takes the first.
    mutating func removeFirst(in exchanges: inout ExchangeTable) {
        guard start < entries.count else { return }
        exchanges.unreserve(MemoryLayout<Entry>.stride)
        start += 1
        if start == entries.count {
            entries.removeAll(keepingCapacity: entries.capacity <= 64)
            start = 0
        } else if start >= 64, start * 2 > entries.count {
            entries.removeSubrange(..<start)
            start = 0
        }
    }

    /// Forgets all of them.
    mutating func clear(in exchanges: inout ExchangeTable) { while count > 0 { removeFirst(in: &exchanges) } }
}
