import Glibc

/// A mutual exclusion that conditions can be tied to, which the standard library's cannot.
///
/// `@unchecked Sendable`: that is what a mutex is for.
final class Lock: @unchecked Sendable {
    fileprivate let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// An open lock.
    init() {
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Does something while nobody else holds the lock.
    func withLock<R>(_ body: () throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }
}

/// Something that threads wait for with a ``Lock`` held, in monotonic time.
///
/// `@unchecked Sendable`: that is what a condition is for.
final class Condition: @unchecked Sendable {
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private let lock: Lock

    /// A condition tied to a lock.
    init(_ lock: Lock) {
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
    func wait(until moment: UInt64?) {
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
    func wakeAll() { pthread_cond_broadcast(condition) }
}

/// CLOCK_MONOTONIC.
enum Monotonic {
    /// Now, ns.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
