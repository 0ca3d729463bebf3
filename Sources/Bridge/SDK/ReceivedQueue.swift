internal import OTLP
internal import Synchronization
internal import Threading

/// How what was received gets to Bridge's thread: a share of its queue, bounded in batches and in bytes. What does not fit
/// is refused, and its sender told to come again.
final class ReceivedQueue: Sendable {
    /// What was counted; all but ``batches`` and ``bytes`` grow only.
    struct Counters: Sendable, Equatable {
        /// Spans (or whatever it is) that were taken in.
        var taken: UInt64 = 0
        /// Those that were refused.
        var refused: UInt64 = 0
        /// Batches that wait now.
        var batches = 0
        /// Their bytes.
        var bytes = 0
    }

    /// Most batches that wait.
    static let maximumBatches = 1024
    /// Most bytes that wait, unless one batch alone has more: half of what ``ReceivedStage`` may hold, and both together
    /// less than a receiver lets be unanswered (64 MiB), so that here is where it shows that Bridge is too slow.
    static let maximumBytes = 16 << 20

    private let work: BoundedQueue<BridgeWork>
    private let state = Mutex(Counters())
    private let aliases = Atomic(false)
    private let agents = Atomic(false)

    /// - Parameter work: the thread's queue, with room for ``maximumBatches`` beside what else goes into it.
    init(into work: BoundedQueue<BridgeWork>) { self.work = work }

    /// What was counted so far.
    var counters: Counters { state.withLock { $0 } }

    /// Whether any trace has become another, which logs and metrics must follow too. Set by the thread.
    var hasAliases: Bool {
        get { aliases.load(ordering: .relaxed) }
        set(hasAny) { aliases.store(hasAny, ordering: .relaxed) }
    }

    /// Whether spans of other agents have ever come. Set by receivers.
    var hasAgents: Bool {
        get { agents.load(ordering: .relaxed) }
        set(hasAny) { agents.store(hasAny, ordering: .relaxed) }
    }

    /// Puts a batch in; false when there is no room or the end has come.
    func push(_ received: ReceivedWork) -> Bool {
        let items = UInt64(received.batch.items)
        let size = received.batch.bytes.count
        return state.withLock { state in
            let fits = state.batches == 0 || state.bytes <= Self.maximumBytes - size
            guard fits, state.batches < Self.maximumBatches, work.push(.received(received)) else {
                state.refused &+= items
                return false
            }
            state.taken &+= items
            state.batches += 1
            state.bytes += size
            return true
        }
    }

    /// Told of each batch when the thread takes it out.
    func left(_ received: ReceivedWork) {
        state.withLock { state in
            state.batches -= 1
            state.bytes -= received.batch.bytes.count
        }
    }
}
