import Capture
internal import Glibc

/// The windowed stage: finds on whose behalf calls were made when no evidence of its own says it, from times and
/// operations alone, all calls of a process together.
///
/// The lives of requests (``Timeline``) are judged by what was learned (``DelayModels``): how a request of that operation
/// goes on, and after what gaps. An assignment of calls to requests is as likely as all those lives together, times the
/// rate of calls that belong to none. Which request made a call is found by drawing assignments from that distribution
/// (Gibbs sampling; a call moves, two calls change places, two lives cross over) and counting where the call was, so that
/// what is said of a link is a probability; the delays of the lives that were drawn are what is learned (stochastic
/// expectation maximisation: Celeux and Diebolt, 1985).
///
/// Work is done in rounds, one for a process whenever a quarter as much happened there as calls are undecided: by
/// Little's law each call is looked at equally often, however many are under way. The random numbers are seeded by a
/// constant: the same calls give the same result.
struct WindowSolver: ~Copyable {
    var options: CorrelateOptions
    let capacity: UInt32
    let requests: UnsafeMutablePointer<WindowRequest>
    let calls: UnsafeMutablePointer<WindowCall>
    let candidates: UnsafeMutablePointer<WindowCandidate>
    let timeline: Timeline
    var owners: SlabTable<OwnerKey, WindowOwner>
    var models = DelayModels()
    var operations = OperationModels()
    var random = WindowRandom()
    /// Blocks of candidates that are free.
    var freeBlocks: [UInt32] = []
    var usedBlocks: UInt32 = 0
    /// Calls that a round is about, in an array that is used again.
    var working: [UInt32] = []
    /// Calls that a proposal moves, likewise.
    var moving: [UInt32] = []
    /// What was decided and not yet asked for.
    var decided: [WindowDecision] = []
    /// How likely the candidates of the call that is looked at are proposed; the last is none.
    let affinities: UnsafeMutablePointer<Float>
    /// Processes where something may have to be done.
    var active: [UInt32] = []
    /// Everything before this moment has been told, ns.
    var watermark: UInt64 = 0
    /// How likely the requests that were looked at for a call are together, in the making.
    var considered: Float = 0
    /// How many those are.
    var rivals: UInt16 = 0
    /// How often calls may still be looked at.
    var credit: UInt64 = 0
    /// Requests and calls of processes for which there was no room.
    var refused: UInt64 = 0
    var tuning = WindowTuning()
    /// Counts rounds: what was learned since makes scores stale.
    var version: UInt32 = 1

    /// A solver that has learned nothing.
    init(options: CorrelateOptions) {
        self.options = options
        let capacity = min(max(options.maximumExchanges, 1), 1 << 28)
        self.capacity = UInt32(capacity)
        // Reserved at once: costs no memory until touched, and reads as zero until then.
        requests = WindowSolver.zeroed(capacity)
        calls = WindowSolver.zeroed(capacity)
        candidates = .allocate(capacity: capacity * WindowTuning.maximumCandidates)
        affinities = .allocate(capacity: WindowTuning.maximumCandidates + 1)
        timeline = Timeline(capacity: capacity)
        owners = SlabTable(capacity: min(options.maximumProcesses, capacity))
    }

    deinit {
        free(requests)
        free(calls)
        candidates.deallocate()
        affinities.deallocate()
    }

    private static func zeroed<T: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<T> {
        guard let memory = calloc(count, MemoryLayout<T>.stride) else { fatalError("out of memory") }
        return memory.bindMemory(to: T.self, capacity: count)
    }
}
