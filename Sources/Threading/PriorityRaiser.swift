internal import Glibc
internal import Synchronization

/// A thread that keeps the privileges its maker had when it was made, to raise the priority of a few other threads later, when
/// everybody else has given them up. It ends when nobody will ask for it any more.
public final class PriorityRaiser: Sendable {
    private let requests = BoundedQueue<pid_t>(capacity: 8)
    private let thread: Mutex<OSThread?>

    /// Starts it. Without a thread to be had, priorities stay as they are.
    public init() {
        let requests = requests
        let thread = try? OSThread(name: "priority") {
            while let thread = requests.pop() {
                // On Linux a niceness is a thread's own.
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(thread), -10)
            }
        }
        self.thread = Mutex(thread)
    }

    /// Has the calling thread run before others of ordinary priority when there are not enough processors: for one that
    /// empties what fills up while it waits. Without the privilege (CAP_SYS_NICE), and after ``end()``, nothing changes.
    public func raiseOwn() {
        if let own = PriorityRaiser.ownNumber { _ = requests.push(own) }
    }

    /// The calling thread's number, by the name that /proc gives it: `1234/task/1250` (`gettid` is not in the headers that
    /// Swift reads).
    private static var ownNumber: pid_t? {
        var text = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/thread-self", &text, text.count)
        guard length > 0 else { return nil }
        let digits = text[..<length].reversed().prefix { $0 != CChar(UInt8(ascii: "/")) }.reversed()
        return pid_t(String(decoding: digits.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Ends the thread, and with it the privileges it has, once it has done what it was asked for.
    public func end() {
        requests.close()
        thread.withLock { $0.take() }?.join()
    }

    deinit { end() }
}
