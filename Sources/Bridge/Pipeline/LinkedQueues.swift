internal import Correlate
internal import Synchronization
internal import Threading

/// How captured exchanges get from the capture thread to Bridge's, by a share of its queue: filled batches go one way,
/// emptied ones come back.
final class LinkedQueues: Sendable {
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

    /// A batch to fill: one that came back, else a new one.
    func spare() -> LinkedBatch {
        if case .element(let batch) = emptied.pop(timeout: 0) { return batch }
        return LinkedBatch()
    }

    /// Sends a batch, unless there is nothing in it, and puts an empty one in its place. From one thread only.
    ///
    /// - Returns: how many exchanges were given up because there was no room.
    func send(_ batch: inout LinkedBatch) -> UInt64 {
        guard !batch.isEmpty else { return 0 }
        let count = UInt64(batch.exchanges.count)
        guard underWay.load(ordering: .relaxed) < capacity, filled.push(.linked(batch)) else {
            batch.removeAll()
            return count
        }
        underWay.add(1, ordering: .relaxed)
        batch = spare()
        return 0
    }

    /// Gives a batch back that was read.
    func giveBack(_ batch: consuming LinkedBatch) {
        var batch = batch
        batch.removeAll()
        _ = emptied.push(batch)
        underWay.subtract(1, ordering: .relaxed)
    }
}
