/// What the fields of one dialect on one message come to.
enum DialectResult: Equatable {
    /// Nothing.
    case absent
    /// A context.
    case context(TraceContext)
    /// Whether to record, but no ids.
    case decision(SamplingDecision)
    /// Something that is not valid.
    case invalid
    /// More than one where one is allowed.
    case repeated

    /// What the one field of a dialect comes to that needs no other.
    init(_ field: FieldValue<TraceContext>) {
        if let context = field.value {
            self = .context(context)
        } else if field.isRepeated {
            self = .repeated
        } else {
            self = field.isThere ? .invalid : .absent
        }
    }
}

extension TraceContext {
    /// A context of a dialect whose flags are a decision and nothing else.
    init(traceHigh: UInt64, traceLow: UInt64, spanID: UInt64, decision: SamplingDecision) {
        let isRecorded = decision == .keep || decision == .force
        self.init(
            traceHigh: traceHigh, traceLow: traceLow, spanID: spanID, flags: isRecorded ? 1 : 0, decision: decision)
    }
}
