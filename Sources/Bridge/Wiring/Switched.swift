internal import Threading

/// Something that is used all the time and replaced now and then. Whoever replaces it has it alone meanwhile: what is being
/// used is waited for, and what would be used waits.
///
/// `@unchecked Sendable`: everything mutable is only touched with `lock` held.
final class Switched<Value: Sendable>: @unchecked Sendable {
    private var value: Value
    private var uses = 0
    private var isSwitching = false
    private let lock = Lock()
    private let changed: Condition

    init(_ value: Value) {
        self.value = value
        changed = Condition(lock)
    }

    /// Gives it to be used until ``end()``; nil while it is being replaced.
    func begin() -> Value? {
        lock.withLock {
            guard !isSwitching else { return nil }
            uses += 1
            return value
        }
    }

    /// It is not used any more.
    func end() {
        lock.withLock {
            uses -= 1
            if uses == 0 { changed.wakeAll() }
        }
    }

    /// Uses it, once it is not being replaced any more.
    func use(_ body: (Value) -> Void) {
        let value = lock.withLock {
            while isSwitching { changed.wait(until: nil) }
            uses += 1
            return self.value
        }
        body(value)
        end()
    }

    /// Has it alone: what it is used for is waited for, until the deadline (ns of CLOCK_MONOTONIC), and nobody begins to use it
    /// before ``release(_:)``, which has to follow.
    func hold(until deadline: UInt64) {
        lock.withLock {
            isSwitching = true
            while uses > 0, Monotonic.now() < deadline { changed.wait(until: deadline) }
        }
    }

    /// Gives something else to be used from here on; nil for the same.
    func release(_ next: Value?) {
        lock.withLock {
            if let next { value = next }
            isSwitching = false
            changed.wakeAll()
        }
    }
}
