/// The configured names of one message. Without a span's id the context has none; where its name is there, but no value is
/// valid, or where any name is there twice, nothing counts. They say nothing of recording: undecided.
struct KeysCarrier: Sendable {
    private var trace: KeyList<WireTraceID>
    private var span: KeyList<UInt64>

    init(_ keys: ContextKeys) {
        trace = KeyList(keys.traceID)
        span = KeyList(keys.spanID)
    }

    /// Takes in a field if its name is configured; whether it is.
    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        let isTrace = trace.add(name, KeysCarrier.traceID(value.trimmed))
        return span.add(name, value.trimmed.spanIDFromHex) || isTrace
    }

    mutating func removeAll() {
        trace.removeAll()
        span.removeAll()
    }

    var result: DialectResult {
        if !trace.isThere, !span.isThere { return .absent }
        if trace.isRepeated || span.isRepeated { return .repeated }
        guard let id = trace.value, !span.isThere || span.value != nil else { return .invalid }
        return .context(
            TraceContext(traceHigh: id.high, traceLow: id.low, spanID: span.value ?? 0, decision: .undecided))
    }

    private static func traceID(_ value: UnsafeRawBufferPointer) -> WireTraceID? {
        value.count == 36 ? WireTraceID(uuid: value) : WireTraceID(hex: value)
    }
}
