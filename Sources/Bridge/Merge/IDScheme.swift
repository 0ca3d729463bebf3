internal import Capture
internal import OTLP

/// Trace and span ids from an exchange's identity, so that they are known when the request begins, are the same in every
/// replay, and are the same on two hosts that see one exchange.
enum IDScheme {
    /// The trace id of an exchange that has no other parent: the exchange's id itself.
    static func traceID(of exchange: ExchangeID) -> TraceID {
        TraceID(high: exchange.high, low: exchange.low)
    }

    /// The span id of one end of an exchange: a hash of its id and the role; never 0.
    static func spanID(of end: ExchangeEnd) -> UInt64 {
        var hash = Mixer(seed: 0x5350_414E << 8 | UInt64(end.role.rawValue))  // "SPAN"
        hash.absorb(end.id.high)
        hash.absorb(end.id.low)
        let (high, low) = hash.finish()
        return high == 0 ? low | 1 : high
    }
}
