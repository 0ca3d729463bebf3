import NIOCore
import NIOPosix
import Threading

/// An event loop on a thread of ours, which has a name and leaves signals to others, as NIO's own do not.
final class ServerThread: Sendable {
    /// The loop; it runs until ``end()``.
    let loop: any EventLoop
    private let thread: OSThread

    /// Starts it.
    /// - Throws: ``ThreadError`` or ``ReceiverError`` when the system has no thread or no event loop to give.
    init(name: StaticString = "otlp-receiver") throws {
        let handover = BoundedQueue<any EventLoop>(capacity: 1)
        thread = try OSThread(name: name) {
            MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { _ = handover.push($0) }
            handover.close()
        }
        guard let loop = handover.pop() else { throw ReceiverError("no event loop could be started") }
        self.loop = loop
    }

    /// Closes every channel and waits for the thread's end. Once only, and not from the loop.
    func end() {
        loop.shutdownGracefully { _ in }
        thread.join()
    }
}
