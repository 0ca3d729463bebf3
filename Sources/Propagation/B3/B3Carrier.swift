/// The B3 headers of one message: `b3`, or `X-B3-TraceId` and those beside it (B3 Propagation, "Http Encodings").
///
/// `b3` has precedence over the others, as the specification says; where it is invalid they count. Any of them that is
/// there twice makes all of them count for nothing. `X-B3-Flags: 1` is debug whatever `X-B3-Sampled` says; other flags
/// mean nothing.
struct B3Carrier: Sendable {
    private var single = FieldValue<B3Value>()
    private var trace = FieldValue<WireTraceID>()
    private var span = FieldValue<UInt64>()
    private var sampled = FieldValue<SamplingDecision>()
    private var isDebug = FieldValue<Bool>()

    /// Whether there is a `b3` that is invalid, beside others that count in its place.
    var hasInvalidSingle: Bool {
        switch result {
        case .context, .decision: single.isInvalid
        case .absent, .invalid, .repeated: false
        }
    }

    mutating func add(single value: UnsafeRawBufferPointer) { single.add(B3SingleParser.parse(value)) }

    mutating func add(trace value: UnsafeRawBufferPointer) { trace.add(WireTraceID(hex: value.trimmed)) }

    mutating func add(span value: UnsafeRawBufferPointer) { span.add(value.trimmed.spanIDFromHex) }

    mutating func add(sampled value: UnsafeRawBufferPointer) { sampled.add(value.trimmed.decisionFromWord) }

    mutating func add(flags value: UnsafeRawBufferPointer) { isDebug.add(value.trimmed.equalsIgnoringCase("1")) }

    mutating func removeAll() {
        single.removeAll()
        trace.removeAll()
        span.removeAll()
        sampled.removeAll()
        isDebug.removeAll()
    }

    var result: DialectResult {
        if single.isRepeated || trace.isRepeated || span.isRepeated || sampled.isRepeated || isDebug.isRepeated {
            return .repeated
        }
        switch single.value {
        case .context(let context): return .context(context)
        case .decision(let decision): return .decision(decision)
        case nil: break
        }
        let others = resultOfOthers
        return others == .absent && single.isThere ? .invalid : others
    }

    private var resultOfOthers: DialectResult {
        if sampled.isInvalid { return .invalid }
        let decision = isDebug.value == true ? .force : sampled.value ?? .undecided
        if !trace.isThere, !span.isThere {
            return decision == .undecided ? .absent : .decision(decision)
        }
        guard let trace = trace.value, let span = span.value else { return .invalid }
        return .context(TraceContext(traceHigh: trace.high, traceLow: trace.low, spanID: span, decision: decision))
    }
}
