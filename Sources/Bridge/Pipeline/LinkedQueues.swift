internal import Correlate
internal import Synchronization
internal import Threading

/// How captured exchanges get from the capture thread to Bridge's, by a share of its queue: filled batches go one way,
/// emptied ones come back.
final class LinkedQueues: Sendable {
    /// What there was no room for.
    struct Refused: Sendable, Equatable {
        /// Exchanges, in both of their phases.
        var exchanges: UInt64 = 0
        /// Ends that closed: of these no span will be made.
        var ends: UInt64 = 0

        init() {}

        fileprivate init(of batch: borrowing LinkedBatch) {
            exchanges = UInt64(batch.exchanges.count)
            for linked in batch.exchanges where linked.phase == .closed { ends += 1 }
        }

        static func += (sum: inout Refused, more: Refused) {
            sum.exchanges &+= more.exchanges
            sum.ends &+= more.ends
        }
    }

    private let filled: BoundedQueue<BridgeWork>
    /// Batches to be filled again.
    private let emptied: BoundedQueue<LinkedBatch>
    private let capacity: Int
    /// Batches that were sent and have not come back.
    private let underWay = Atomic(0)

    /// - Parameters:
    ///   - filled: the thread's queue, with room for `capacity` beside what else goes into it.
    ///   - capacity: most batches under way. A batch is what one pass over the rings brings.
    init(into filled: BoundedQueue<BridgeWork>, capacity: Int) {
        self.filled = filled
        self.capacity = capacity
        emptied = BoundedQueue(capacity: capacity)
    }

    /// Batches that were sent and have not come back.
    var count: Int { underWay.load(ordering: .relaxed) }

    /// A batch to fill: one that came back, else a new one.
    func spare() -> LinkedBatch {
        if case .element(let batch) = emptied.pop(timeout: 0) { return batch }
        return LinkedBatch()
    }

    /// Sends a batch, unless there is nothing in it, and puts an empty one in its place. From one thread only.
    ///
    /// - Returns: how much was given up because there was no room.
    func send(_ batch: inout LinkedBatch) -> Refused {
        guard !batch.isEmpty else { return Refused() }
        guard underWay.load(ordering: .relaxed) < capacity, filled.push(.linked(batch)) else {
            let refused = Refused(of: batch)
            batch.removeAll()
            return refused
        }
        underWay.add(1, ordering: .relaxed)
        batch = spare()
        return Refused()
    }

    /// Gives a batch back that was read, and leaves one without memory in its place. Whoever calls has the only copy of it, or
    /// its memory is not used again.
    func giveBack(_ batch: inout LinkedBatch) {
        var own = LinkedBatch()
        swap(&own, &batch)
        own.removeAll()
        _ = emptied.push(consume own)
        underWay.subtract(1, ordering: .relaxed)
    }
}
