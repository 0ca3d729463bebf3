/// The hashes of one exchange's values, each once. Full, it keeps those that are least likely to be equal by chance.
struct ValueSet {
    /// Most bytes that are looked at of one exchange.
    static let mostBytes = 4096

    private(set) var hashes: [UInt64] = []
    /// Bytes that may still be looked at.
    private(set) var left = ValueSet.mostBytes
    /// A bit for each hash that is there, by its upper bits: most that are new are known to be by this alone.
    private var seen: UInt64 = 0

    /// Grows with every hash that comes.
    private(set) var changes: UInt32 = 0

    /// None.
    init() {}

    /// Forgets all and keeps the memory.
    mutating func removeAll() {
        hashes.removeAll(keepingCapacity: true)
        left = ValueSet.mostBytes
        seen = 0
        changes = 0
    }

    /// Takes from what may be looked at: how many of so many bytes are.
    mutating func take(_ count: Int) -> Int {
        let taken = min(count, left)
        left -= taken
        return taken
    }

    /// Adds a hash.
    mutating func insert(_ hash: ValueHash) {
        let bit: UInt64 = 1 << (hash.bits >> 58)
        if seen & bit != 0, hashes.contains(hash.bits) { return }
        seen |= bit
        guard hashes.count >= FieldBuffer.maximumHashes else {
            changes &+= 1
            return hashes.append(hash.bits)
        }
        var least = 0
        for index in 1..<hashes.count where hashes[index] & 15 < hashes[least] & 15 { least = index }
        guard hashes[least] & 15 < hash.rarity else { return }
        changes &+= 1
        hashes[least] = hash.bits
    }

    /// Takes out all hashes but the first.
    mutating func keepFirst(_ count: Int) {
        if hashes.count > count { hashes.removeLast(hashes.count - count) }
    }

    /// Takes out the hashes that another set has.
    mutating func subtract(_ other: borrowing ValueSet) {
        guard seen & other.seen != 0 else { return }
        for hash in other.hashes {
            if let index = hashes.firstIndex(of: hash) { hashes.remove(at: index) }
        }
    }
}
