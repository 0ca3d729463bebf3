import Capture
internal import Glibc

/// What was learned of the calls of each operation as such: how often they belong to no request, and how often there are
/// any.
struct OperationModels: ~Copyable {
    private struct Entry {
        /// 0: vacant.
        var key: UInt64 = 0
        /// Of an operation, how many of its calls belonged to none, and of how many.
        var none: Float = 0
        var total: Float = 0
        /// Of an operation in a process, the mean time between two calls, ns, and when the last one was.
        var meanGap: Float = 0
        var last: UInt64 = 0
        var stamp: UInt32 = 0
    }

    private static let ways = 8
    private let capacity: Int
    private let entries: UnsafeMutablePointer<Entry>
    private var clock: UInt32 = 0
    private(set) var evictions: UInt64 = 0

    /// Calls that belong to none, and calls, that the prior is worth.
    private static let prior: (none: Float, total: Float) = (0.01, 5)
    private static let limit: Float = 2048

    init(capacity: Int = 4096) {
        self.capacity = capacity
        entries = .allocate(capacity: capacity)
        entries.initialize(repeating: Entry(), count: capacity)
    }

    deinit { entries.deallocate() }

    private mutating func entry(_ key: UInt64) -> Int {
        clock &+= 1
        let key = key | 1
        let first = Int(truncatingIfNeeded: key >> 20) & (capacity - OperationModels.ways)
        var oldest = first
        for index in first..<first + OperationModels.ways {
            if entries[index].key == key {
                entries[index].stamp = clock
                return index
            }
            if clock &- entries[index].stamp > clock &- entries[oldest].stamp { oldest = index }
        }
        if entries[oldest].key != 0 { evictions &+= 1 }
        entries[oldest] = Entry(key: key, stamp: clock)
        return oldest
    }

    /// A call began; the logarithm of the rate, per ns, of such that belong to none.
    mutating func began(_ operation: UInt64, of owner: UInt32, at time: UInt64) -> Float {
        let inOwner = entry(Mixer.mix(operation ^ (UInt64(owner) &+ 1) &* 0x9E37_79B9_7F4A_7C15))
        let last = entries[inOwner].last
        if last != 0, time >= last {
            let gap = Float(time - last)
            let mean = entries[inOwner].meanGap
            entries[inOwner].meanGap = mean == 0 ? gap : mean + (gap - mean) / 32
        }
        entries[inOwner].last = max(time, last)
        let mean = max(entries[inOwner].meanGap == 0 ? 1e8 : entries[inOwner].meanGap, 1000)
        return logf(noneShare(operation) / mean)
    }

    /// How often a call of an operation belongs to none.
    mutating func noneShare(_ operation: UInt64) -> Float {
        let index = entry(Mixer.mix(operation &+ 0x51ED_270B))
        let prior = OperationModels.prior
        return (entries[index].none + prior.none) / (entries[index].total + prior.total)
    }

    /// A call was decided; with what probability it belongs to none.
    mutating func learn(_ operation: UInt64, none: Float, weight: Float) {
        let index = entry(Mixer.mix(operation &+ 0x51ED_270B))
        entries[index].none += none * weight
        entries[index].total += weight
        guard entries[index].total > OperationModels.limit else { return }
        entries[index].none *= 0.5
        entries[index].total *= 0.5
    }

    /// Adds what is known of operations as such.
    func store(into writer: inout ModelWriter) {
        for index in 0..<capacity where entries[index].key != 0 && entries[index].total > 0 {
            let entry = entries[index]
            writer.add(
                ModelRecord(table: .operations, key: entry.key, numbers: [entry.total, entry.none, 0, 0]))
        }
    }

    /// Takes in a record; true when it is not one of these.
    mutating func restore(_ record: ModelRecord) -> Bool {
        guard record.table == .operations, record.key != 0 else { return true }
        let index = entry(record.key)
        entries[index].total = min(record.numbers[0], OperationModels.limit)
        entries[index].none = min(record.numbers[1], entries[index].total)
        return false
    }
}
