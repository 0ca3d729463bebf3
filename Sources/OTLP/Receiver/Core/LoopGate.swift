import NIOCore
import Synchronization

/// The way back onto the event loop for those who decide later, on threads of their own, and may do so when the loop is
/// no more.
final class LoopGate: Sendable {
    private let loop: any EventLoop
    private let isOpen = Mutex(true)

    /// A way onto a loop.
    init(_ loop: any EventLoop) { self.loop = loop }

    /// Does something on the loop: at once if this is its thread; not at all once the way is closed.
    func run(_ task: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { return task() }
        // With the lock held, so that the loop does not end in between.
        isOpen.withLock { isOpen in
            if isOpen { loop.execute(task) }
        }
    }

    /// Lets nothing more through.
    func close() { isOpen.withLock { $0 = false } }
}
