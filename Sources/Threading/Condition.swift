internal import Glibc

/// Something that threads wait for with a ``Lock`` held, in monotonic time.
///
/// `@unchecked Sendable`: that is what a condition is for.
public final class Condition: @unchecked Sendable {
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private let lock: Lock

    /// A condition tied to a lock.
    public init(_ lock: Lock) {
        self.lock = lock
        condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
    }

    /// Waits, with the lock held, until woken (or for no reason) or until a moment of CLOCK_MONOTONIC, ns.
    public func wait(until moment: UInt64?) {
        guard let moment else {
            pthread_cond_wait(condition, lock.mutex)
            return
        }
        var time = timespec(
            tv_sec: Int(truncatingIfNeeded: moment / 1_000_000_000),
            tv_nsec: Int(truncatingIfNeeded: moment % 1_000_000_000))
        pthread_cond_timedwait(condition, lock.mutex, &time)
    }

    /// Wakes all who wait.
    public func wakeAll() { pthread_cond_broadcast(condition) }
}
