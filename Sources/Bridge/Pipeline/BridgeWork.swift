internal import Correlate
internal import Threading

/// What Bridge's thread has to do.
enum BridgeWork: Sendable {
    /// Captured exchanges.
    case linked(LinkedBatch)
    /// What an SDK sent.
    case received(ReceivedWork)
    /// Nothing more will be captured.
    case captureEnded
}

/// The one queue that Bridge's thread is fed by, so that it takes everything in the order in which it came, and the ways
/// into it: each has a share that the other cannot fill.
struct BridgeQueues: Sendable {
    /// The queue.
    let work: BoundedQueue<BridgeWork>
    /// The way of what is captured.
    let linked: LinkedQueues
    /// The way of what is received.
    let received: ReceivedQueue

    /// - Parameter capacity: most linked batches under way. A batch is what one pass over the rings brings.
    init(capacity: Int = 256) {
        work = BoundedQueue(capacity: capacity + ReceivedQueue.maximumBatches + 1)
        linked = LinkedQueues(into: work, capacity: capacity)
        received = ReceivedQueue(into: work)
    }

    /// Tells the thread that nothing more will be captured.
    func endCapture() { _ = work.push(.captureEnded) }
}
