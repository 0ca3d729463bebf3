/// The headers of Apache brpc on one message: `x-bd-trace-id` and `x-bd-span-id`, which is the caller's, in decimal
/// (brpc, `http_rpc_protocol`). They say nothing of recording: undecided.
///
/// One that is there twice makes both count for nothing.
struct BRPCCarrier: Sendable {
    private var trace = FieldValue<UInt64>()
    private var span = FieldValue<UInt64>()

    mutating func add(trace value: UnsafeRawBufferPointer) { trace.add(value.trimmed.idFromDecimal) }

    mutating func add(span value: UnsafeRawBufferPointer) { span.add(value.trimmed.idFromDecimal) }

    mutating func removeAll() {
        trace.removeAll()
        span.removeAll()
    }

    var result: DialectResult {
        if trace.isRepeated || span.isRepeated { return .repeated }
        if !trace.isThere, !span.isThere { return .absent }
        guard let trace = trace.value, let span = span.value else { return .invalid }
        return .context(TraceContext(traceHigh: 0, traceLow: trace, spanID: span, decision: .undecided))
    }
}
