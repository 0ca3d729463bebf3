internal import Capture
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
    var parentSpanID: UInt64 = 0
    /// W3C trace flags of the trace.
    var flags: UInt8 = 1
    /// What was decided upstream about recording the trace.
    var decision = SamplingDecision.undecided
    /// W3C tracestate, as it came.
    var traceState: [UInt8] = []
    /// How the parent was found.
    var join: JoinMethod
    /// How sure that is, 0...1.
    var confidence: Double
    /// How sure it is that this span belongs into its trace: that of its parents as well, 0...1.
    var certainty = 1.0
    /// Contexts that the message carried and that are not above this span: kept as span links.
    var links: [ContextReading] = []
    /// Links that there was no room for.
    var linksLeftOut: UInt32 = 0
    /// The context that the message carried, whatever became of it: to see whether it is passed on unchanged.
    var received: ContextReading?
    /// Others that it carried.
    var alsoReceived: [ContextReading] = []
    /// The ids as SkyWalking writes them, where the message carried its context.
    var skyWalking: SkyWalkingIDs?
    /// What it was made for, in a trace that it is no part of: kept as a span link.
    var apartFrom: SpanKey?
    /// Whether its server's end, which is not seen here, is in a trace of its own: named by a span link.
    var linksToServer = false
    /// Its number among those that received a context, in ``ReceivingEnds``.
    var receivingEntry = ReceivingEnds.none
    /// The earliest stamp of the exchange at either end, ns of the source's clock.
    var earliest: UInt64
    /// What kind of telemetry it is, if it is left out for that: no span is made of it, and none hangs from it.
    var leftOut: TelemetryKind?
    /// What sampling has to know of it.
    var sampling = SamplingNote()

    /// A place that is the root of its own trace.
    init(rootOf end: ExchangeEnd, join: JoinMethod, confidence: Double, earliest: UInt64) {
        traceID = IDScheme.traceID(of: end.id)
        spanID = IDScheme.spanID(of: end)
        self.join = join
        self.confidence = confidence
        self.earliest = earliest
    }

    /// Whether it is exported.
    var isSampled: Bool { decision != .drop }

    /// Whether the message carried a context that names this span of this trace.
    func hasReceived(_ context: TraceContext) -> Bool {
        if let received, received.context.isSameSpan(as: context) { return true }
        return alsoReceived.contains { $0.context.isSameSpan(as: context) }
    }

    /// Hangs it from a span of ours.
    mutating func hang(from parent: SpanContext) {
        traceID = parent.traceID
        parentSpanID = parent.spanID
        flags = parent.flags
        decision = parent.decision
        traceState = parent.traceState
        certainty = parent.certainty * confidence
        sampling = parent.sampling
    }

    /// Puts it into the trace that a context names, below the span it names.
    mutating func hang(from reading: ContextReading, in trace: TraceID, state: [UInt8]) {
        traceID = trace
        parentSpanID = reading.context.spanID
        take(reading.context, state: state)
    }

    /// What a context says of its trace.
    mutating func take(_ context: TraceContext, state: [UInt8]) {
        if context.decision != .undecided { decision = context.decision }
        flags = context.decision == .undecided ? 1 : context.flags
        traceState = state
    }
}

extension TraceContext {
    /// The trace in the model's terms.
    var trace: TraceID { TraceID(high: traceHigh, low: traceLow) }

    /// Whether both name one span of one trace.
    func isSameSpan(as other: TraceContext) -> Bool {
        traceHigh == other.traceHigh && traceLow == other.traceLow && spanID == other.spanID
    }
}
