internal import Glibc

/// A first-in-first-out queue between threads that holds no more than its capacity. Pushing never waits: what does not
/// fit is refused.
///
/// `@unchecked Sendable`: everything mutable is touched only with `lock` held.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    /// A ring of slots. A slot is emptied when its element leaves, so that whoever takes it is its only owner.
    private var slots: [Element?]
    private var first = 0
    private var count = 0
    private var isClosed = false
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    /// An empty queue for at most `capacity` elements.
    init(capacity: Int) {
        slots = [Element?](repeating: nil, count: capacity)
        lock = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Adds an element; false when the queue is full or closed.
    func push(_ element: consuming Element) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard !isClosed, count < slots.count else { return false }
        slots[(first + count) % slots.count] = element
        count += 1
        pthread_cond_signal(changed)
        return true
    }

    /// Takes the oldest element and waits for one if there is none; nil once the queue is closed and empty.
    func pop() -> Element? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while count == 0, !isClosed { pthread_cond_wait(changed, lock) }
        return takeFirst()
    }

    /// What ``pop(timeout:)`` came back with.
    enum Popped {
        case element(Element)
        case nothingYet
        case closed
    }

    /// Takes the oldest element, waiting at most `timeout` ns for one.
    func pop(timeout: UInt64) -> Popped {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = UInt64(deadline.tv_nsec) + timeout
        deadline.tv_sec += Int(nanoseconds / 1_000_000_000)
        deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while count == 0, !isClosed {
            if pthread_cond_timedwait(changed, lock, &deadline) == ETIMEDOUT { break }
        }
        if let element = takeFirst() { return .element(element) }
        return isClosed ? .closed : .nothingYet
    }

    /// Takes nothing more in; what is there can still be taken out.
    func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
    }

    private func takeFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[first].take()
        first = (first + 1) % slots.count
        count -= 1
        return element
    }
}
