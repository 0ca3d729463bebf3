import Synchronization
import Threading

/// A queue and the thread that empties it: what every exporter is made of, besides how it delivers.
public final class QueuedDelivery: Sendable {
    /// Where batches wait.
    let queue: any DeliveryQueue
    private let thread = Mutex<OSThread?>(nil)

    /// A queue whose thread has not been started; it takes batches already.
    init(_ queue: any DeliveryQueue) { self.queue = queue }

    /// Opens the queue and starts the thread, unless it runs already. It ends by itself once the queue is closed.
    /// - Throws: what ``DeliveryQueue/open()`` throws; ``ThreadError``.
    func start(name: StaticString, _ deliver: @escaping @Sendable () -> Void) throws {
        try thread.withLock { thread in
            guard thread == nil else { return }
            try queue.open()
            thread = try OSThread(name: name, deliver)
        }
    }

    /// Takes no more, lets the thread deliver until the deadline (CLOCK_MONOTONIC, ns), and ends it. What is left
    /// stays on disk if the queue lives there, otherwise it is dropped and counted. Calling it again does nothing.
    func shutdown(deadlineNanoseconds: UInt64) {
        queue.close(deadline: deadlineNanoseconds)
        let running = thread.withLock { $0.take() }
        running?.join()
        queue.leaveWaiting()
    }
}
