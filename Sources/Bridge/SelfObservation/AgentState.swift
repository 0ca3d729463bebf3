internal import Synchronization

/// What the agent's threads say of themselves while they run, for whoever asks: published now and then by those who own it,
/// and read from any thread.
final class AgentState: Sendable {
    /// How far the agent has come.
    enum Phase: UInt8, AtomicRepresentable {
        /// Programs are not attached yet, or receivers do not listen.
        case starting
        /// It does all that it is there for.
        case active
        /// It was told to end, and delivers what it has.
        case ending
    }

    private let reached = Atomic(Phase.starting)
    /// The capture thread.
    let capture = ThreadPulse()
    /// Bridge's thread.
    let bridge = ThreadPulse()
    private let published = Mutex<CaptureLoop.Counted?>(nil)

    /// How far it has come.
    var phase: Phase {
        get { reached.load(ordering: .relaxed) }
        set(next) { reached.store(next, ordering: .relaxed) }
    }

    /// What the capture thread has counted, at most a second ago; nil before it has begun.
    var captured: CaptureLoop.Counted? { published.withLock { $0 } }

    /// Publishes what the capture thread has counted.
    func publish(_ counted: CaptureLoop.Counted) { published.withLock { $0 = counted } }

    /// Threads that should have gone on and have not.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    func stalled(now: UInt64) -> [String] {
        [("capture", capture), ("bridge", bridge)].filter { $0.1.isStalled(now: now) }.map(\.0)
    }
}
