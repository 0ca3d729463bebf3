/// Weights by a 64-bit key that is a hash already: sets of eight of which the one unused for longest makes room, so that
/// finding one takes bounded time whatever the keys.
struct WeightTable {
    struct Entry {
        /// 0: vacant.
        var key: UInt64 = 0
        /// What was counted, old counts less.
        var total: Float = 0
        /// What was ever counted.
        var seen: Float = 0
        /// Gaps that were counted, old ones less, and ever.
        var gaps: Float = 0
        var gapsSeen: Float = 0
        /// How often ``total`` was halved; of a step, how many halvings of its context it has been through.
        var halvings: UInt32 = 0
        /// When it was used last.
        var stamp: UInt32 = 0

        /// Most that counts before old counts are halved.
        static let limit: Float = 2048

        private static func isFull(_ total: Float, _ seen: Float) -> Bool { total > min(max(64, seen / 2), limit) }

        /// Counts something in a context.
        mutating func add(_ weight: Float) {
            total += weight
            seen += weight
            guard Entry.isFull(total, seen) else { return }
            total *= 0.5
            halvings &+= 1
        }

        /// Counts a gap; true when what was counted before must be halved first.
        mutating func addGap(_ weight: Float) -> Bool {
            gapsSeen += weight
            let halves = Entry.isFull(gaps + weight, gapsSeen)
            if halves { gaps *= 0.5 }
            gaps += weight
            return halves
        }
    }

    let capacity: Int
    let entries: UnsafeMutablePointer<Entry>

    private static let ways = 8

    /// A table for at least so many entries.
    init(capacity: Int) {
        var size = WeightTable.ways
        while size < min(capacity, 1 << 24) { size *= 2 }
        self.capacity = size
        entries = .allocate(capacity: size)
        entries.initialize(repeating: Entry(), count: size)
    }

    func deallocate() { entries.deallocate() }

    /// Where a key's entry is; -1 when there is none.
    func find(_ key: UInt64) -> Int {
        let first = Int(truncatingIfNeeded: key >> 20) & (capacity - WeightTable.ways)
        for index in first..<first + WeightTable.ways where entries[index].key == key { return index }
        return -1
    }

    /// A key's entry, made when there is none.
    func make(_ key: UInt64, _ clock: UInt32, _ evictions: inout UInt64) -> (index: Int, isNew: Bool) {
        let first = Int(truncatingIfNeeded: key >> 20) & (capacity - WeightTable.ways)
        var oldest = first
        for index in first..<first + WeightTable.ways {
            if entries[index].key == key {
                entries[index].stamp = clock
                return (index, false)
            }
            if entries[index].key == 0 {
                if entries[oldest].key != 0 { oldest = index }
            } else if entries[oldest].key != 0, clock &- entries[index].stamp > clock &- entries[oldest].stamp {
                oldest = index
            }
        }
        if entries[oldest].key != 0 { evictions &+= 1 }
        entries[oldest] = Entry(key: key, stamp: clock)
        return (oldest, true)
    }

    /// How often a step was counted in its context, as the context counts now.
    func count(_ step: Int, in contexts: WeightTable, _ context: Int) -> Float {
        let behind = contexts.entries[context].halvings &- entries[step].halvings
        guard behind > 0 else { return entries[step].total }
        return behind < 32 ? entries[step].total / Float(UInt32(1) << behind) : 0
    }

    /// Brings a step's count to what it is worth in its context now.
    func settle(_ step: Int, in contexts: WeightTable, _ context: Int) {
        entries[step].total = count(step, in: contexts, context)
        entries[step].halvings = contexts.entries[context].halvings
    }
}
