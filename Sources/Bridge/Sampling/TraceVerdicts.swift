internal import OTLP

/// What was decided about traces, for those of their spans that are yet to come. Bounded: what was not needed for longest
/// makes room.
struct TraceVerdicts: Sendable {
    /// What was decided.
    enum Verdict: Sendable {
        /// Its spans leave.
        case kept(SamplingNote.Written?)
        /// They do not.
        case out(SampledOutReason)
    }

    private struct State {
        var verdict: Verdict
        var expires: UInt64
        /// Whether it was needed since it was last passed over.
        var wasNeeded = false
    }

    /// Most that are passed over, because they were needed of late, to find one that makes room.
    private static let maximumChances = 8

    private let maximum: Int
    private let memory: UInt64
    private var states: [TraceID: State] = [:]
    private var expiring = ExpiryQueue<TraceID>()
    /// How many had to make room.
    private(set) var forgotten: UInt64 = 0

    /// - Parameters:
    ///   - maximum: most that are remembered.
    ///   - memory: how long after it was last needed, ns.
    init(maximum: Int, memory: UInt64) {
        self.maximum = max(maximum, 1)
        self.memory = memory
    }

    /// How many are remembered.
    var count: Int { states.count }

    /// What was decided about a trace, which is needed now.
    mutating func verdict(of trace: TraceID, now: UInt64) -> Verdict? {
        guard !states.isEmpty, let place = states.index(forKey: trace) else { return nil }
        states.values[place].expires = now &+ memory
        states.values[place].wasNeeded = true
        return states.values[place].verdict
    }

    /// Remembers what was decided.
    mutating func decide(_ trace: TraceID, _ verdict: Verdict, now: UInt64) {
        let state = State(verdict: verdict, expires: now &+ memory)
        guard states.updateValue(state, forKey: trace) == nil else { return }
        expiring.append(trace, at: state.expires)
        var chances = Self.maximumChances
        while states.count > maximum, let oldest = expiring.popFirst(before: .max) {
            guard let known = states[oldest] else { continue }
            if known.wasNeeded, chances > 0 {
                chances -= 1
                states[oldest]?.wasNeeded = false
                expiring.append(oldest, at: known.expires)
            } else {
                states[oldest] = nil
                forgotten += 1
            }
        }
    }

    /// Forgets what has had its time.
    mutating func advance(to time: UInt64) {
        while let trace = expiring.popFirst(before: time) {
            guard let state = states[trace] else { continue }
            if state.expires < time { states[trace] = nil } else { expiring.append(trace, at: state.expires) }
        }
    }
}
