internal import Synchronization

/// Whether a thread that never rests for long still goes on: it says so each time around.
final class ThreadPulse: Sendable {
    /// How long a thread may say nothing, ns. The slowest thing that either does once around takes well below a second.
    static let patience: UInt64 = 30_000_000_000

    /// Not begun, or ended as it should.
    private static let resting: UInt64 = 0
    /// Held up by somebody else, which is none of its faults: a queue that is to wait for room (`block_on_overflow`).
    private static let heldUp = UInt64.max

    private let last = Atomic<UInt64>(resting)

    /// It goes on.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    func beat(now: UInt64) { last.store(now, ordering: .relaxed) }

    /// From now on it may be waiting for somebody else, until it goes on.
    func mayWait() { last.store(Self.heldUp, ordering: .relaxed) }

    /// It has ended as it should.
    func rest() { last.store(Self.resting, ordering: .relaxed) }

    /// Whether it should have gone on, and has not.
    func isStalled(now: UInt64) -> Bool {
        let last = last.load(ordering: .relaxed)
        return last != Self.resting && last != Self.heldUp && now > last && now - last > Self.patience
    }
}
