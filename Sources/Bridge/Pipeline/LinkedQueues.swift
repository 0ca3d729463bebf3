internal import Correlate
internal import Threading

/// The two queues between the capture thread and Bridge's: filled batches go one way, emptied ones come back.
struct LinkedQueues: Sendable {
    /// Batches to be read.
    let filled: BoundedQueue<LinkedBatch>
    /// Batches to be filled again.
    let emptied: BoundedQueue<LinkedBatch>

    /// - Parameter capacity: most batches under way. A batch is what one pass over the rings brings.
    init(capacity: Int) {
        filled = BoundedQueue(capacity: capacity)
        emptied = BoundedQueue(capacity: capacity)
    }

    /// A batch to fill: one that came back, else a new one.
    func spare() -> LinkedBatch {
        if case .element(let batch) = emptied.pop(timeout: 0) { return batch }
        return LinkedBatch()
    }

    /// Sends a batch, unless there is nothing in it, and puts an empty one in its place.
    ///
    /// - Returns: how many exchanges were given up because the queue was full.
    func send(_ batch: inout LinkedBatch) -> UInt64 {
        guard !batch.isEmpty else { return 0 }
        let count = UInt64(batch.exchanges.count)
        let sent = filled.push(batch)
        if sent { batch = spare() } else { batch.removeAll() }
        return sent ? 0 : count
    }

    /// Gives a batch back that was read.
    func giveBack(_ batch: consuming LinkedBatch) {
        var batch = batch
        batch.removeAll()
        _ = emptied.push(batch)
    }
}
