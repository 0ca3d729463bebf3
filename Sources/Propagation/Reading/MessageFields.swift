/// The fields of one message that carry contexts, of whatever dialects.
struct MessageFields: Sendable {
    /// The dialects of which there is anything.
    private(set) var present: PropagatorSet = []
    /// What SkyWalking's context is made of; of use when that is valid.
    var skyWalking = SkyWalkingCarrier()
    private var traceContext = TraceContextCarrier()
    private var jaeger = FieldValue<TraceContext>()
    private var b3 = B3Carrier()
    private var xray = FieldValue<TraceContext>()
    private var openTracing = OpenTracingCarrier()
    private var datadog = DatadogCarrier()
    private var cloudTrace = FieldValue<TraceContext>()
    private var brpc = BRPCCarrier()
    private var keys: KeysCarrier

    init(keys: ContextKeys) { self.keys = KeysCarrier(keys) }

    /// Forgets the message and keeps the memory.
    mutating func removeAll() {
        if present.contains(PropagatorSet(.tracecontext)) { traceContext.removeAll() }
        if present.subtracting(PropagatorSet(.tracecontext)).isEmpty {
            present = []
            return
        }
        present = []
        skyWalking.removeAll()
        jaeger.removeAll()
        b3.removeAll()
        xray.removeAll()
        openTracing.removeAll()
        datadog.removeAll()
        cloudTrace.removeAll()
        brpc.removeAll()
        keys.removeAll()
    }

    /// Takes in a field of a dialect.
    mutating func add(_ name: ContextName, _ value: UnsafeRawBufferPointer) {
        present.insert(PropagatorSet(name.propagator))
        switch name {
        case .traceparent: traceContext.add(traceparent: value)
        case .tracestate: traceContext.add(tracestate: value)
        case .sw8: skyWalking.add(value)
        case .uberTraceID: jaeger.add(UberTraceIDParser.parse(value))
        case .b3: b3.add(single: value)
        case .b3TraceID: b3.add(trace: value)
        case .b3SpanID: b3.add(span: value)
        case .b3Sampled: b3.add(sampled: value)
        case .b3Flags: b3.add(flags: value)
        case .xray: xray.add(XRayParser.parse(value))
        case .otTraceID: openTracing.add(trace: value)
        case .otSpanID: openTracing.add(span: value)
        case .otSampled: openTracing.add(sampled: value)
        case .datadogTraceID: datadog.add(trace: value)
        case .datadogParentID: datadog.add(span: value)
        case .datadogPriority: datadog.add(priority: value)
        case .datadogTags: datadog.add(tags: value)
        case .cloudTrace: cloudTrace.add(CloudTraceParser.parse(value))
        case .brpcTraceID: brpc.add(trace: value)
        case .brpcSpanID: brpc.add(span: value)
        }
    }

    /// Takes in a field if its name is configured; whether it is.
    mutating func addKey(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        guard keys.add(name, value) else { return false }
        present.insert(PropagatorSet(.keys))
        return true
    }

    /// What the fields of a dialect come to. Counts it, so it is to be asked once.
    mutating func finish(_ propagator: Propagator, counting counters: inout PropagationCounters) -> DialectResult {
        let result: DialectResult
        switch propagator {
        case .tracecontext: return traceContext.finish(&counters).map(DialectResult.context) ?? .absent
        case .sw8: result = skyWalking.result
        case .jaeger: result = jaegerResult
        case .b3:
            result = b3.result
            if b3.hasInvalidSingle { counters[.b3, .invalid] &+= 1 }
        case .xray: result = DialectResult(xray)
        case .ottrace: result = openTracing.result
        case .datadog: result = datadog.result
        case .cloudtrace: result = DialectResult(cloudTrace)
        case .brpc: result = brpc.result
        case .keys: result = keys.result
        }
        switch result {
        case .absent: break
        case .context: counters[propagator, .read] &+= 1
        case .decision: counters[propagator, .decision] &+= 1
        case .invalid: counters[propagator, .invalid] &+= 1
        case .repeated: counters[propagator, .repeated] &+= 1
        }
        return result
    }

    /// Exchanges the vendor state of the W3C context with another.
    mutating func swapState(with other: inout Tracestate) { traceContext.swapState(with: &other) }

    /// Jaeger's debug bit is the W3C flags' random bit when the traceparent beside it, which an SDK wrote along with it,
    /// has that bit for the same trace: no debug trace.
    private var jaegerResult: DialectResult {
        guard var context = jaeger.value, context.decision == .force, let other = traceContext.context,
            other.flags & 2 != 0, other.traceHigh == context.traceHigh, other.traceLow == context.traceLow
        else { return DialectResult(jaeger) }
        context.decision = .keep
        return .context(context)
    }
}
