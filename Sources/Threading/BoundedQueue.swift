/// A first-in-first-out queue between threads that holds no more than its capacity. Pushing never waits: what does not
/// fit is refused.
///
/// `@unchecked Sendable`: everything mutable is touched only with `lock` held.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    /// A ring of slots. A slot is emptied when its element leaves, so that whoever takes it is its only owner.
    private var slots: [Element?]
    private var first = 0
    private var count = 0
    private var isClosed = false
    private let lock: Lock
    private let changed: Condition

    /// An empty queue for at most `capacity` elements.
    public init(capacity: Int) {
        slots = [Element?](repeating: nil, count: capacity)
        lock = Lock()
        changed = Condition(lock)
    }

    /// Adds an element; false when the queue is full or closed.
    public func push(_ element: consuming Element) -> Bool {
        let element = element
        return lock.withLock {
            guard !isClosed, count < slots.count else { return false }
            slots[(first + count) % slots.count] = element
            count += 1
            changed.wakeAll()
            return true
        }
    }

    /// Takes the oldest element and waits for one if there is none; nil once the queue is closed and empty.
    public func pop() -> Element? {
        lock.withLock {
            while count == 0, !isClosed { changed.wait(until: nil) }
            return takeFirst()
        }
    }

    /// What ``pop(timeout:)`` came back with.
    public enum Popped {
        /// The oldest element.
        case element(Element)
        /// The time was over first.
        case nothingYet
        /// The queue is closed and empty.
        case closed
    }

    /// Takes the oldest element, waiting at most `timeout` ns for one.
    public func pop(timeout: UInt64) -> Popped {
        let deadline = Monotonic.now() &+ timeout
        return lock.withLock {
            while count == 0, !isClosed, Monotonic.now() < deadline { changed.wait(until: deadline) }
            if let element = takeFirst() { return .element(element) }
            return isClosed ? .closed : .nothingYet
        }
    }

    /// Takes nothing more in; what is there can still be taken out.
    public func close() {
        lock.withLock {
            isClosed = true
            changed.wakeAll()
        }
    }

    private func takeFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[first].take()
        first = (first + 1) % slots.count
        count -= 1
        return element
    }
}
