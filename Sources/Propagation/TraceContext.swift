/// What the sender of a context decided about recording the trace.
public enum SamplingDecision: UInt8, Sendable, CaseIterable {
    /// It left that to those below it (B3 without a decision).
    case undecided = 0
    /// The trace is not to be recorded.
    case drop = 1
    /// The trace is recorded.
    case keep = 2
    /// The trace is recorded whatever else says no (B3 `d`, Jaeger's debug bit).
    case force = 3
}

/// A trace context read from a message, in OpenTelemetry's terms.
public struct TraceContext: Hashable, Sendable {
    /// The trace, as two big-endian halves; never both zero.
    public var traceHigh: UInt64
    /// The trace's last 8 bytes.
    public var traceLow: UInt64
    /// The caller's span; 0 where the format may leave it out.
    public var spanID: UInt64
    /// W3C trace flags; bit 0 is sampled. Of other dialects that bit alone.
    public var flags: UInt8
    /// What was decided about recording the trace.
    public var decision: SamplingDecision

    /// A trace context. Without a decision of its own, the sampled flag is the decision.
    public init(
        traceHigh: UInt64, traceLow: UInt64, spanID: UInt64, flags: UInt8, decision: SamplingDecision? = nil
    ) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.spanID = spanID
        self.flags = flags
        self.decision = decision ?? (flags & 1 == 1 ? .keep : .drop)
    }

    /// Whether spans of the trace are recorded: nobody decided against it.
    public var isSampled: Bool { decision != .drop }
}
