/// Reads the value of Google Cloud's `X-Cloud-Trace-Context` (Cloud Trace, "Legacy HTTP header").
///
/// `<32 hex>/<decimal of 64 bits>[;o=0|1]`: trace, span, whether the trace is recorded; without the last it is undecided.
/// White space around the value is ignored.
public enum CloudTraceParser {
    /// The context that the bytes say; nil when they are no valid value.
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> TraceContext? {
        let value = bytes.trimmed
        guard value.count > 33, value[32] == UInt8(ascii: "/"), let trace = WireTraceID(hex: value.part(0, 32))
        else { return nil }
        var parts = SplitBytes(value.part(33, value.count - 33), at: UInt8(ascii: ";"))
        guard let span = parts.next()?.idFromDecimal else { return nil }
        var decision = SamplingDecision.undecided
        if let option = parts.next() {
            guard parts.isAtEnd, option.count == 3, option[0] == UInt8(ascii: "o"), option[1] == UInt8(ascii: "=")
            else { return nil }
            switch option[2] {
            case UInt8(ascii: "0"): decision = .drop
            case UInt8(ascii: "1"): decision = .keep
            default: return nil
            }
        }
        return TraceContext(traceHigh: trace.high, traceLow: trace.low, spanID: span, decision: decision)
    }
}
