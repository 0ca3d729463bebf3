/// The groups of a client's subscriptions, by their numbers: who delivers says the number alone.
struct NATSGroups {
    private static let most = 256
    /// Longest name that is remembered, bytes.
    private static let longest = 256

    private struct Entry {
        var subscription: UInt64
        var name: [UInt8]
    }

    private var entries: ContiguousArray<Entry> = []
    private var reserved = 0

    /// Remembers a subscription's group.
    mutating func insert(_ subscription: UInt64, _ name: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        remove(subscription)
        let size = name.count + 48
        guard entries.count < NATSGroups.most, name.count <= NATSGroups.longest, exchanges.reserve(size) else { return }
        reserved += size
        entries.append(Entry(subscription: subscription, name: Array(name)))
    }

    /// A subscription ended.
    mutating func remove(_ subscription: UInt64) { entries.removeAll { $0.subscription == subscription } }

    /// Its group's name, for the time of the call, if it has one.
    func with(_ subscription: UInt64, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard let entry = entries.first(where: { $0.subscription == subscription }) else { return }
        entry.name.withUnsafeBytes(body)
    }

    /// Forgets all of them.
    mutating func removeAll(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved)
        reserved = 0
        entries.removeAll()
    }
}
