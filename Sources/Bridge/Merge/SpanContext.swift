internal import Correlate
internal import OTLP
internal import Propagation

/// Where a span of ours stands: its ids, what it hangs from, and why.
struct SpanContext {
    /// The trace it belongs to.
    var traceID: TraceID
    /// The span.
    var spanID: UInt64
    /// What it hangs from; 0 for a root.
    var parentSpanID: UInt64
    /// W3C trace flags of the trace.
    var flags: UInt8
    /// W3C tracestate, as it came.
    var traceState: [UInt8] = []
    /// How the parent was found.
    var join: JoinMethod
    /// How sure that is, 0...1.
    var confidence: Double
    /// A context that the message carried and that is not above this span: kept as a span link.
    var linked: TraceContext?
    /// The context that the message carried, whatever became of it: to see whether it is passed on unchanged.
    var received: TraceContext?
    /// The earliest stamp of the exchange at either end, ns of the source's clock.
    var earliest: UInt64

    /// Whether spans of this trace are exported.
    var isSampled: Bool { flags & 1 == 1 }
}

/// How a span was joined to its parent: exported as `interspan.link.method`.
enum JoinMethod {
    /// By what Correlate found.
    case link(LinkMethod)
    /// By a W3C context on the wire.
    case traceparent

    /// As it is exported.
    var name: StaticString {
        switch self {
        case .traceparent: "traceparent"
        case .link(.none): "none"
        case .link(.flow): "flow"
        case .link(.thread): "thread"
        case .link(.socket): "socket"
        case .link(.fork): "fork"
        case .link(.requestID): "x-request-id"
        }
    }
}
