internal import Threading

/// The word to end, given once and heard by threads that look for it or wait for it.
///
/// `@unchecked Sendable`: `isGiven` is only touched with `lock` held.
final class StopSignal: @unchecked Sendable {
    private var isGiven = false
    private let lock = Lock()
    private let given: Condition

    init() { given = Condition(lock) }

    /// Whether it was given.
    var isSet: Bool { lock.withLock { isGiven } }

    /// Gives it.
    func set() {
        lock.withLock {
            isGiven = true
            given.wakeAll()
        }
    }

    /// Waits for it.
    func wait() { lock.withLock { while !isGiven { given.wait(until: nil) } } }
}
