import Capture

/// The next socket operation on a thread where goroutines hand over to one another: something read by one of them, and
/// then, before anything else happens on the thread, something written by another. The reader woke the one that waited
/// for what it read, which runs next on the same thread more often than not, unless it waits for something else first.
/// (A loop of tasks reads from several connections before any of those runs that it wakes.)
struct HandOverEvidence: ~Copyable {
    struct Thread {
        /// What was read last: a request, or the end of a call's response; none when something else happened since.
        var exchange = SlotReference.none
        /// Who read it.
        var unit: UInt64 = 0
        /// When, ns.
        var time: UInt64 = 0
    }

    /// From here on, ns, the reader woke nobody who writes.
    private static let patience: UInt64 = 2_000_000

    private var threads: SlabTable<UnitKey, Thread>

    init(options: CorrelateOptions) { threads = SlabTable(capacity: options.maximumUnits) }

    /// A unit read a request, or the end of a call's response.
    mutating func read(_ exchange: SlotReference, at point: ExecutionPoint, _ counters: inout CorrelateCounters) {
        guard point.thread != 0, point.unit != 0, point.unitKind == .goroutine else { return }
        let key = UnitKey(thread: point.thread)
        let state = Thread(exchange: exchange, unit: point.unit, time: point.time)
        if let slot = threads.find(key) {
            threads[slot] = state
            threads.move(slot)
            return
        }
        if threads.isFull, let oldest = threads.oldest() {
            threads.remove(oldest)
            counters[evicted: .unit] &+= 1
        }
        _ = threads.insert(key, state)
    }

    /// A unit wrote a call or an answer, or did something else that ends what was handed over.
    ///
    /// - Returns: the request or the call whose reading led to it; none when nothing tells.
    mutating func wrote(at point: ExecutionPoint) -> SlotReference {
        guard point.unit != 0, let slot = threads.find(UnitKey(thread: point.thread)) else { return .none }
        let state = threads[slot]
        threads[slot].exchange = .none
        let isSoon = point.time &- state.time < HandOverEvidence.patience
        return state.unit != point.unit && isSoon ? state.exchange : .none
    }
}
