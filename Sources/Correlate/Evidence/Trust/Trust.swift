/// What each kind of evidence has proved to be worth, process by process.
///
/// Equal thread is certainty in one program and chance in another; nothing but the program itself tells. Where two kinds of
/// evidence speak of one call, each that agrees with the decision was right, and each that does not was wrong.
struct Trust: ~Copyable {
    struct Owner {
        var kinds = InlineArray<11, Reliability>(repeating: Reliability())
        /// Calls that execution spoke of (right) and of which it was silent (wrong).
        var spoken = ProofTally()
        /// Requests that are open at the moment.
        var open: UInt32 = 0
        /// Calls that wait at the moment.
        var waiting: UInt32 = 0
    }

    private var owners: SlabTable<OwnerKey, Owner>

    init(options: CorrelateOptions) { owners = SlabTable(capacity: options.maximumProcesses) }

    /// A process, remembered from here on; the one without news for longest makes room.
    mutating func owner(_ key: OwnerKey, _ counters: inout CorrelateCounters) -> SlotReference {
        if let slot = owners.find(key) {
            owners.move(slot)
            return owners.reference(to: slot)
        }
        if owners.isFull, let oldest = owners.oldest() {
            owners.remove(oldest)
            counters[evicted: .process] &+= 1
        }
        return owners.reference(to: owners.insert(key, Owner()))
    }

    /// How many requests of a process are open.
    func open(_ owner: SlotReference) -> UInt32 { owners.contains(owner) ? owners[owner.slot].open : 0 }

    /// A request of a process was read.
    mutating func opened(_ owner: SlotReference) {
        if owners.contains(owner) { owners[owner.slot].open &+= 1 }
    }

    /// A request of a process is over, or not remembered any more.
    mutating func closed(_ owner: SlotReference) {
        if owners.contains(owner), owners[owner.slot].open > 0 { owners[owner.slot].open -= 1 }
    }

    /// How many calls of a process wait to be decided.
    func waiting(_ owner: SlotReference) -> UInt32 { owners.contains(owner) ? owners[owner.slot].waiting : 0 }

    /// A call of a process waits.
    mutating func waits(_ owner: SlotReference) {
        if owners.contains(owner) { owners[owner.slot].waiting &+= 1 }
    }

    /// A call of a process waits no longer.
    mutating func waited(_ owner: SlotReference) {
        if owners.contains(owner), owners[owner.slot].waiting > 0 { owners[owner.slot].waiting -= 1 }
    }

    /// How likely a proposal is right, 0...1.
    func mean(_ kind: EvidenceKind, of owner: SlotReference) -> Float {
        owners.contains(owner)
            ? owners[owner.slot].kinds[Int(kind.rawValue)].mean(kind) : Reliability().mean(kind)
    }

    /// Whether proposals of a kind are believed at once.
    func isProven(_ kind: EvidenceKind, of owner: SlotReference) -> Bool {
        owners.contains(owner) && owners[owner.slot].kinds[Int(kind.rawValue)].isProven(kind)
    }

    /// Whether any kind of evidence has proved right in a process, so that its calls are not followed by timing alone.
    func isInformed(_ owner: SlotReference) -> Bool {
        EvidenceKind.allCases.contains { isProven($0, of: owner) }
    }

    /// A call that began while requests of its process were open is decided: execution spoke of it, or did not.
    mutating func concluded(isSpokenOf: Bool, of owner: SlotReference) {
        if owners.contains(owner) { owners[owner.slot].spoken.count(isSpokenOf, memory: Trust.memory) }
    }

    /// How likely a call of which execution is silent was made for any request, 0...1. A process works in one way mostly:
    /// where execution speaks of nearly all calls, one of which it does not is its own affair (an export, a poll). Where
    /// half of them pass in silence, that says nothing.
    func worthOfSilence(of owner: SlotReference) -> Float {
        guard owners.contains(owner) else { return 1 }
        let tally = owners[owner.slot].spoken
        return min(1, 2 * (tally.wrong + 1) / (tally.right + tally.wrong + 2))
    }

    /// Calls after which all count half.
    private static let memory: Float = 256

    /// A proposal was right, or wrong.
    mutating func proved(_ isRight: Bool, _ kind: EvidenceKind, of owner: SlotReference) {
        if owners.contains(owner) { owners[owner.slot].kinds[Int(kind.rawValue)].proved(isRight) }
    }
}
