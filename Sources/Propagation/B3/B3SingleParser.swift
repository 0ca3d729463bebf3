/// What a `b3` header says.
public enum B3Value: Hashable, Sendable {
    /// A context.
    case context(TraceContext)
    /// Whether to record, without ids.
    case decision(SamplingDecision)
}

/// Reads the value of Zipkin's `b3` (B3 Propagation, "Single Header").
///
/// `trace-span[-sampled[-parent]]`: 16 or 32 hexadecimal digits, 16, one character, 16; in either case. Sampled is `0`, `1`
/// or `d` for debug; without it that is undecided. It may stand alone. White space around the value is ignored. The
/// parent, which is the caller's own, must be as it should be and is not used.
public enum B3SingleParser {
    private static let dash = UInt8(ascii: "-")

    /// What the bytes say; nil when they are no valid value.
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> B3Value? {
        let value = bytes.trimmed
        if value.count == 1 { return decision(value[0]).map(B3Value.decision) }
        guard let end = value.firstIndex(of: dash), let trace = WireTraceID(hex: value.part(0, end)),
            value.count >= end + 17, let span = value.part(end + 1, 16).spanIDFromHex
        else { return nil }
        let rest = value.part(end + 17, value.count - end - 17)
        var sampling = SamplingDecision.undecided
        if !rest.isEmpty {
            guard rest.count == 2 || rest.count == 19, rest[0] == dash, let said = decision(rest[1])
            else { return nil }
            if rest.count == 19 {
                guard rest[2] == dash, rest.hex(at: 3, digits: 16) != nil else { return nil }
            }
            sampling = said
        }
        return .context(
            TraceContext(traceHigh: trace.high, traceLow: trace.low, spanID: span, decision: sampling))
    }

    private static func decision(_ byte: UInt8) -> SamplingDecision? {
        switch byte {
        case UInt8(ascii: "0"): .drop
        case UInt8(ascii: "1"): .keep
        case UInt8(ascii: "d"): .force
        default: nil
        }
    }
}
