/// Datadog's headers on one message: `x-datadog-trace-id` and `x-datadog-parent-id` in decimal, the trace id's upper half
/// as the member `_dd.p.tid` of `x-datadog-tags`, `x-datadog-sampling-priority` (Datadog, "Trace context propagation").
///
/// A priority above 0 keeps the trace, any other drops it, none is undecided. Any of the headers that is there twice makes
/// all of them count for nothing, and so does an upper half that cannot be read: half an id would be another trace's.
struct DatadogCarrier: Sendable {
    private var trace = FieldValue<UInt64>()
    private var span = FieldValue<UInt64>()
    private var priority = FieldValue<SamplingDecision>()
    private var upperHalf = FieldValue<UInt64>()

    mutating func add(trace value: UnsafeRawBufferPointer) { trace.add(value.trimmed.idFromDecimal) }

    mutating func add(span value: UnsafeRawBufferPointer) { span.add(value.trimmed.idFromDecimal) }

    mutating func add(priority value: UnsafeRawBufferPointer) {
        priority.add(DatadogCarrier.decision(value.trimmed))
    }

    mutating func add(tags value: UnsafeRawBufferPointer) { upperHalf.add(DatadogCarrier.upperHalf(value)) }

    mutating func removeAll() {
        trace.removeAll()
        span.removeAll()
        priority.removeAll()
        upperHalf.removeAll()
    }

    var result: DialectResult {
        if trace.isRepeated || span.isRepeated || priority.isRepeated || upperHalf.isRepeated { return .repeated }
        if priority.isInvalid { return .invalid }
        if !trace.isThere, !span.isThere { return priority.value.map(DialectResult.decision) ?? .absent }
        guard let trace = trace.value, let span = span.value, !upperHalf.isInvalid else { return .invalid }
        return .context(
            TraceContext(
                traceHigh: upperHalf.value ?? 0, traceLow: trace, spanID: span, decision: priority.value ?? .undecided))
    }

    /// A small whole number with a sign or without.
    private static func decision(_ value: UnsafeRawBufferPointer) -> SamplingDecision? {
        let isNegative = value.first == UInt8(ascii: "-")
        guard let number = value.part(isNegative ? 1 : 0, value.count - (isNegative ? 1 : 0)).decimal() else {
            return nil
        }
        return number > 0 && !isNegative ? .keep : .drop
    }

    /// What the tags say of the trace id: 0 when they say nothing; nil when what they say is invalid or said twice.
    private static func upperHalf(_ tags: UnsafeRawBufferPointer) -> UInt64? {
        var half = FieldValue<UInt64>()
        var members = SplitBytes(tags, at: UInt8(ascii: ","))
        while let member = members.next()?.trimmed {
            guard let equals = member.firstIndex(of: UInt8(ascii: "=")),
                member.part(0, equals).trimmed.equalsIgnoringCase("_dd.p.tid")
            else { continue }
            let value = member.part(equals + 1, member.count - equals - 1).trimmed
            half.add(value.count == 16 ? value.hex(at: 0, digits: 16) : nil)
        }
        return half.isThere ? half.value : 0
    }
}
