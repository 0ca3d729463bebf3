internal import Capture
internal import OTLP

/// What other agents, whose spans pass through, say of the ends of exchanges: by it a server's span finds its client's.
/// Bounded in number and in time; times are of the wall clock, ns.
struct ReportedEnds: Sendable {
    /// How many server ends of one origin may be without a client's in a row before none is waited for any more.
    private static let patience: UInt8 = 16
    /// Most origins that are remembered.
    private static let maximumOrigins = 16_384

    private let ttl: UInt64
    private let maximum: Int
    /// The trace that a client's span said it belonged to.
    private var callers: [ExchangeID: TraceID] = [:]
    private var callersExpiring = ExpiryQueue<ExchangeID>()
    /// Server ends that left without their client's, and their origin; 0 once that has come.
    private var alone: [ExchangeID: UInt64] = [:]
    private var aloneExpiring = ExpiryQueue<ExchangeID>()
    /// Traces whose first span, a server's, waits for its client's.
    private var awaited: Set<TraceID> = []
    /// How many server ends of an origin were without a client's in a row.
    private var strangers: [UInt64: UInt8] = [:]

    /// - Parameters:
    ///   - ttl: how long an end is remembered, ns.
    ///   - maximum: most ends of either kind that are.
    init(ttl: UInt64, maximum: Int) {
        self.ttl = ttl
        self.maximum = max(maximum, 1)
    }

    /// How many ends are remembered.
    var count: Int { callers.count + alone.count }

    /// The trace of an exchange's client end, as its agent gave it.
    func caller(of exchange: ExchangeID) -> TraceID? { callers[exchange] }

    /// A client's span has come.
    ///
    /// - Returns: whether its server's had left without it.
    mutating func called(_ exchange: ExchangeID, in trace: TraceID, now: UInt64) -> Bool {
        if callers.updateValue(trace, forKey: exchange) == nil {
            callersExpiring.append(exchange, at: now &+ ttl)
            if callers.count > maximum, let oldest = callersExpiring.popFirst(before: .max) { callers[oldest] = nil }
        }
        guard let origin = alone[exchange], origin != 0 else { return false }
        alone[exchange] = 0
        strangers[origin] = nil
        return true
    }

    /// Whether a server's span is worth waiting for its client's: not if those of its origin have never had one of late.
    func isWorthWaiting(from origin: UInt64) -> Bool {
        strangers[origin, default: 0] < Self.patience && awaited.count < maximum
    }

    /// Whether there is any trace whose first span waits for its client's.
    var awaitsAny: Bool { !awaited.isEmpty }

    /// Whether a trace's first span waits for its client's.
    func isAwaited(_ trace: TraceID) -> Bool { awaited.contains(trace) }

    /// The first span of a trace waits for its client's.
    mutating func wait(for trace: TraceID) { awaited.insert(trace) }

    /// It waits no longer.
    mutating func settle(_ trace: TraceID) { awaited.remove(trace) }

    /// A server's span has found its client's.
    mutating func met(from origin: UInt64) { strangers[origin] = nil }

    /// A server's span leaves without its client's.
    mutating func leaveAlone(_ exchange: ExchangeID, from origin: UInt64, now: UInt64) {
        if strangers.count >= Self.maximumOrigins, strangers[origin] == nil { strangers.removeAll() }
        strangers[origin] = min(strangers[origin, default: 0] + 1, Self.patience)
        if alone.updateValue(origin, forKey: exchange) == nil {
            aloneExpiring.append(exchange, at: now &+ ttl)
            if alone.count > maximum, let oldest = aloneExpiring.popFirst(before: .max) { alone[oldest] = nil }
        }
    }

    /// Forgets what has had its time.
    mutating func advance(to now: UInt64) {
        while let exchange = callersExpiring.popFirst(before: now) { callers[exchange] = nil }
        while let exchange = aloneExpiring.popFirst(before: now) { alone[exchange] = nil }
    }
}
