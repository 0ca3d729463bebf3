internal import Synchronization

/// Something that one thread leaves for another, which looks for it whenever it has a moment: the latest counts. Looking costs
/// next to nothing while there is nothing.
///
/// `@unchecked Sendable`: everything mutable is only touched with `lock` held, or atomic.
public final class Handover<Value: Sendable>: @unchecked Sendable {
    private let isThere = Atomic(false)
    private var value: Value?
    private let lock = Lock()
    private let taken: Condition

    /// With nothing in it.
    public init() { taken = Condition(lock) }

    /// Leaves something; what was there and has not been taken is lost.
    public func put(_ next: Value) {
        lock.withLock {
            value = next
            isThere.store(true, ordering: .releasing)
        }
    }

    /// What was left since the last call.
    public func take() -> Value? {
        guard isThere.load(ordering: .acquiring) else { return nil }
        return lock.withLock {
            isThere.store(false, ordering: .relaxed)
            taken.wakeAll()
            return value.take()
        }
    }

    /// Waits until what was left has been taken, or until a moment of CLOCK_MONOTONIC, ns.
    ///
    /// - Returns: whether it has been.
    public func awaitTaken(until moment: UInt64) -> Bool {
        lock.withLock {
            while value != nil, Monotonic.now() < moment { taken.wait(until: moment) }
            return value == nil
        }
    }
}
