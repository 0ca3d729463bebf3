internal import Capture
internal import OTLP
internal import Propagation

/// Where a trace begins that one of ours led to: a span of ours.
struct TraceRoot {
    /// The span.
    var spanID: UInt64
    /// Whose it is.
    var process: ProcessKey
    /// When it began, ns of the source's clock.
    var start: UInt64
}

/// What is known of a trace that is not simply ours or somebody's.
struct TraceState {
    /// What was decided about a trace that met another.
    enum Fate: Equatable {
        /// Nothing yet.
        case open
        /// It stays where it is.
        case apart
        /// It has become another: what belongs to it leaves with that one's id.
        case moved(to: TraceID)
    }

    /// What was decided.
    var fate = Fate.open
    /// Whether a request brought it from where we do not see.
    var isReceived = false
    /// Whether a context of it went to where its spans do not pass through.
    var hasDeparted = false
    /// Whether spans of it have left.
    var hasLeft = false
    /// What is said of the trace that one of our own making became.
    var decision = SamplingDecision.undecided
    var flags: UInt8 = 1
    /// The span of ours under which it began.
    var root: TraceRoot?
    /// Ends of ours that received it: the last of each of so many processes.
    private var receivers = InlineArray<4, ExchangeEnd>(
        repeating: ExchangeEnd(id: ExchangeID(high: 0, low: 0), role: .server))
    private var processes = InlineArray<4, UInt64>(repeating: 0)
    private var received: UInt32 = 0
    /// When it may be forgotten, ns of the source's clock.
    var expires: UInt64

    /// Nothing is known yet.
    init(expires: UInt64) { self.expires = expires }

    /// The end by which a process received it last.
    func receiver(in process: ProcessKey) -> ExchangeEnd? {
        let number = TraceState.number(of: process)
        for index in 0..<Int(min(received, 4)) where processes[index] == number { return receivers[index] }
        return nil
    }

    /// An end of a process has received it.
    mutating func receive(_ end: ExchangeEnd, in process: ProcessKey) {
        let number = TraceState.number(of: process)
        for index in 0..<Int(min(received, 4)) where processes[index] == number {
            receivers[index] = end
            return
        }
        receivers[Int(received % 4)] = end
        processes[Int(received % 4)] = number
        received &+= 1
    }

    /// A number that no two processes of a host share: the kernel gives a pid anew only much later.
    private static func number(of process: ProcessKey) -> UInt64 { process.start << 22 ^ UInt64(process.pid) }
}

/// Traces that met others, and those of our own making that may yet do so. Bounded; a trace is forgotten when nothing was
/// heard of it for a while.
struct TraceTable {
    /// How far one trace is followed to what it has become.
    private static let maximumHops = 16

    /// How long one is remembered after it was last needed, ns.
    var ttl: UInt64
    private let maximum: Int
    private var states: [TraceID: TraceState] = [:]
    private var expiring = ExpiryQueue<TraceID>()
    /// Whether a trace has ever become another.
    private(set) var hasMoved = false
    /// How many had to make room.
    private(set) var evicted: UInt64 = 0

    init(ttl: UInt64, maximum: Int) {
        self.ttl = ttl
        self.maximum = maximum
    }

    /// What is known of a trace.
    subscript(trace: TraceID) -> TraceState? { states[trace] }

    /// How many are remembered.
    var count: Int { states.count }

    /// The trace that a trace has become; itself if nothing is known of it.
    func current(_ trace: TraceID) -> TraceID {
        var trace = trace
        for _ in 0..<TraceTable.maximumHops {
            guard let next = successor(of: trace) else { return trace }
            trace = next
        }
        return trace
    }

    /// The same, of one that is needed at this time: what it has become stays known.
    mutating func current(_ trace: TraceID, neededAt time: UInt64) -> TraceID {
        var trace = trace
        for _ in 0..<TraceTable.maximumHops {
            guard let next = successor(of: trace) else { return trace }
            states[trace]!.expires = max(states[trace]!.expires, time &+ ttl)
            trace = next
        }
        return trace
    }

    private func successor(of trace: TraceID) -> TraceID? {
        guard case .moved(let next)? = states[trace]?.fate else { return nil }
        return next
    }

    /// Changes what is known of a trace, which is needed at this time.
    mutating func update(_ trace: TraceID, at time: UInt64, _ body: (inout TraceState) -> Void) {
        let expires = time &+ ttl
        if states[trace] == nil {
            if states.count >= maximum { makeRoom() }
            states[trace] = TraceState(expires: expires)
            expiring.append(trace, at: expires)
        }
        body(&states[trace]!)
        if case .moved = states[trace]!.fate { hasMoved = true }
        states[trace]!.expires = max(states[trace]!.expires, expires)
    }

    /// Forgets a trace.
    mutating func remove(_ trace: TraceID) { states[trace] = nil }

    /// Forgets what has had its time, but for those that have become another and are needed still.
    mutating func advance(to time: UInt64, isNeeded: (TraceID) -> Bool = { _ in false }) {
        while let trace = expiring.popFirst(before: time) {
            guard let state = states[trace] else { continue }
            if state.expires >= time {
                expiring.append(trace, at: state.expires)
            } else if case .moved = state.fate, isNeeded(trace) {
                states[trace]!.expires = time &+ ttl
                expiring.append(trace, at: time &+ ttl)
            } else {
                states[trace] = nil
            }
        }
    }

    /// Calls with each trace that has become another, and until when that holds, ns of the source's clock.
    func forEachMoved(_ body: (_ trace: TraceID, _ to: TraceID, _ root: TraceRoot?, _ expires: UInt64) -> Void) {
        for (trace, state) in states {
            if case .moved(let next) = state.fate { body(trace, next, state.root, state.expires) }
        }
    }

    private mutating func makeRoom() {
        while states.count >= maximum, let oldest = expiring.popFirst(before: .max) {
            if states.removeValue(forKey: oldest) != nil { evicted += 1 }
        }
    }
}
