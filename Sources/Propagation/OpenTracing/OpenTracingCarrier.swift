/// The headers of OpenTracing's basic tracers on one message: `ot-tracer-traceid` of 16 or 32 hexadecimal digits,
/// `ot-tracer-spanid` of 16, `ot-tracer-sampled` of `true`, `false`, `1` or `0` (OpenTelemetry specification, "OT Trace").
///
/// Without the last it is undecided. Any of them that is there twice makes all of them count for nothing.
struct OpenTracingCarrier: Sendable {
    private var trace = FieldValue<WireTraceID>()
    private var span = FieldValue<UInt64>()
    private var sampled = FieldValue<SamplingDecision>()

    mutating func add(trace value: UnsafeRawBufferPointer) { trace.add(WireTraceID(hex: value.trimmed)) }

    mutating func add(span value: UnsafeRawBufferPointer) { span.add(value.trimmed.spanIDFromHex) }

    mutating func add(sampled value: UnsafeRawBufferPointer) { sampled.add(value.trimmed.decisionFromWord) }

    mutating func removeAll() {
        trace.removeAll()
        span.removeAll()
        sampled.removeAll()
    }

    var result: DialectResult {
        if trace.isRepeated || span.isRepeated || sampled.isRepeated { return .repeated }
        if sampled.isInvalid { return .invalid }
        if !trace.isThere, !span.isThere { return sampled.value.map(DialectResult.decision) ?? .absent }
        guard let trace = trace.value, let span = span.value else { return .invalid }
        return .context(
            TraceContext(
                traceHigh: trace.high, traceLow: trace.low, spanID: span, decision: sampled.value ?? .undecided))
    }
}
