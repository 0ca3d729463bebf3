/// What is known of containers by their id, that nothing is known of some included, each for a time. Bounded; time is given.
struct MetadataCache: Sendable {
    /// Most containers.
    static let most = 4096
    /// How long a container's metadata holds, ns.
    static let lifetime: UInt64 = 600_000_000_000
    /// How long it holds that nothing is known of one, ns: a new container may become known a moment later.
    static let absence: UInt64 = 10_000_000_000

    private struct Entry {
        var container: ContainerMetadata?
        var until: UInt64
    }

    private var entries: [String: Entry] = [:]

    /// Nothing is known.
    init() {}

    /// How many containers it has an answer for.
    var count: Int { entries.count }

    /// What is known of one: nil when nothing is, `.some(nil)` when it has been asked for in vain.
    func find(_ id: String, now: UInt64) -> ContainerMetadata?? {
        guard let entry = entries[id], now < entry.until else { return nil }
        return .some(entry.container)
    }

    /// Keeps an answer.
    mutating func keep(_ container: ContainerMetadata?, for id: String, now: UInt64) {
        if entries.count >= Self.most, entries[id] == nil {
            entries = entries.filter { now < $0.value.until }
            // All of them hold: better to ask anew than to grow.
            if entries.count >= Self.most { entries.removeAll(keepingCapacity: true) }
        }
        entries[id] = Entry(container: container, until: now &+ (container == nil ? Self.absence : Self.lifetime))
    }
}
