/// Reads the value of AWS X-Ray's `X-Amzn-Trace-Id` (X-Ray developer guide, "Tracing header").
///
/// Members `key=value` with semicolons between, in any order, with white space around them, keys in any case:
/// `Root=1-<8 hex>-<24 hex>`, `Parent=<16 hex>`, `Sampled=0|1`. Others (`Self`, `Lineage`) and empty ones are passed over.
/// Root must be there; without Parent, as load balancers send it, the span id is 0; without Sampled, or with `?`, which
/// asks for a decision, that is undecided. A member that is there twice or cannot be read makes all invalid.
public enum XRayParser {
    /// The context that the bytes say; nil when they are no valid value.
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> TraceContext? {
        var root = FieldValue<WireTraceID>()
        var parent = FieldValue<UInt64>()
        var sampled = FieldValue<SamplingDecision>()
        var members = SplitBytes(bytes, at: UInt8(ascii: ";"))
        while let member = members.next()?.trimmed {
            if member.isEmpty { continue }
            guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let key = member.part(0, equals).trimmed
            let value = member.part(equals + 1, member.count - equals - 1).trimmed
            if key.equalsIgnoringCase("root") {
                root.add(traceID(value))
            } else if key.equalsIgnoringCase("parent") {
                parent.add(value.spanIDFromHex)
            } else if key.equalsIgnoringCase("sampled") {
                sampled.add(decision(value))
            }
        }
        guard let root = root.value, !parent.isThere || parent.value != nil, !sampled.isThere || sampled.value != nil
        else { return nil }
        return TraceContext(
            traceHigh: root.high, traceLow: root.low, spanID: parent.value ?? 0,
            decision: sampled.value ?? .undecided)
    }

    /// `1-<8 hex>-<24 hex>`: both joined.
    private static func traceID(_ value: UnsafeRawBufferPointer) -> WireTraceID? {
        let dash = UInt8(ascii: "-")
        guard value.count == 35, value[0] == UInt8(ascii: "1"), value[1] == dash, value[10] == dash,
            let time = value.hex(at: 2, digits: 8), let first = value.hex(at: 11, digits: 8),
            let last = value.hex(at: 19, digits: 16)
        else { return nil }
        return WireTraceID(high: time << 32 | first, low: last)
    }

    private static func decision(_ value: UnsafeRawBufferPointer) -> SamplingDecision? {
        guard value.count == 1 else { return nil }
        switch value[0] {
        case UInt8(ascii: "1"): return .keep
        case UInt8(ascii: "0"): return .drop
        case UInt8(ascii: "?"): return .undecided
        default: return nil
        }
    }
}
