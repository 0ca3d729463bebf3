import Capture

/// Lineage through new threads and processes: one that has done nothing of its own yet acts on behalf of the request
/// that its maker was working on when it made it, through any number of makers.
struct ForkEvidence: ~Copyable {
    /// How far this evidence is to be trusted against other kinds.
    static let weight = 1.0

    private var inheritances: SlabTable<UnitKey, Standing>

    init(options: CorrelateOptions) { inheritances = SlabTable(capacity: options.maximumUnits) }

    /// On whose behalf the unit at a point acts, going by who made it.
    func standing(at point: ExecutionPoint, _ exchanges: borrowing ExchangeTable) -> Standing {
        guard let key = UnitKey(point), let slot = inheritances.find(key) else { return .nothing }
        let standing = inheritances[slot]
        return exchanges.isAlive(standing.candidate, at: point.time) ? standing : .nothing
    }

    /// A thread was made, by one with this standing.
    ///
    /// What an earlier thread of that number inherited is forgotten.
    mutating func made(_ child: UnitKey, by standing: Standing, _ counters: inout CorrelateCounters) {
        if let slot = inheritances.find(child) { inheritances.remove(slot) }
        guard standing.candidate != .none else { return }
        if inheritances.isFull, let oldest = inheritances.oldest() {
            inheritances.remove(oldest)
            counters[evicted: .inheritance] &+= 1
        }
        _ = inheritances.insert(child, standing)
    }
}
