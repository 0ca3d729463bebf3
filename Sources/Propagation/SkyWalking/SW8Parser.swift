/// Reads the value of SkyWalking's `sw8` (Cross Process Propagation Headers Protocol, version 3).
///
/// Eight fields joined by dashes: sample, trace id, parent segment's id, parent span's index there, parent service, parent
/// instance, parent endpoint, address used. Sample is `0` or `1`, the index a decimal number, the others base64. Trace id
/// and segment id must be there, the last four may be empty. White space around the value is ignored.
///
/// The ids become OpenTelemetry's by ``SkyWalkingMapping``. A trace id that cannot makes the context invalid; a segment id
/// that cannot leaves the trace without a parent: span id 0.
public enum SW8Parser {
    /// Most bytes of a trace's or a segment's id, decoded. Those of the agents have up to 73.
    public static let maximumIDLength = 128

    /// The context that the bytes say, with its ids as they are in place of what `ids` holds; nil, with any ids, when the
    /// bytes are no valid value.
    public static func parse(_ bytes: UnsafeRawBufferPointer, ids: inout SkyWalkingIDs) -> TraceContext? {
        var fields = SplitBytes(bytes.trimmed, at: UInt8(ascii: "-"))
        guard let sample = fields.next(), sample.count == 1, let traceID = fields.next(),
            let segmentID = fields.next(), let index = fields.next()
        else { return nil }
        let decision: SamplingDecision
        switch sample[0] {
        case UInt8(ascii: "0"): decision = .drop
        case UInt8(ascii: "1"): decision = .keep
        default: return nil
        }
        guard Base64.decode(traceID, into: &ids.traceID, limit: maximumIDLength),
            Base64.decode(segmentID, into: &ids.segmentID, limit: maximumIDLength),
            // They become text.
            ids.segmentID.allSatisfy({ 0x21...0x7E ~= $0 }),
            let number = index.decimal(), let spanIndex = Int32(exactly: number)
        else { return nil }
        ids.spanIndex = spanIndex
        for _ in 0..<4 {
            guard let field = fields.next(), Base64.isValid(field) else { return nil }
        }
        guard fields.isAtEnd, let trace = ids.traceID.withUnsafeBytes(SkyWalkingMapping.traceID) else { return nil }
        let span = ids.segmentID.withUnsafeBytes { SkyWalkingMapping.spanID(segment: $0, index: spanIndex) }
        return TraceContext(traceHigh: trace.high, traceLow: trace.low, spanID: span, decision: decision)
    }
}
