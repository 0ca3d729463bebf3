/// A trace context read from a message, in OpenTelemetry's terms.
public struct TraceContext: Hashable, Sendable {
    /// The trace, as two big-endian halves; never both zero.
    public var traceHigh: UInt64
    /// The trace's last 8 bytes.
    public var traceLow: UInt64
    /// The caller's span; 0 where the format may leave it out.
    public var spanID: UInt64
    /// W3C trace flags; bit 0 is sampled.
    public var flags: UInt8

    /// A trace context.
    public init(traceHigh: UInt64, traceLow: UInt64, spanID: UInt64, flags: UInt8) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.spanID = spanID
        self.flags = flags
    }

    /// Whether the caller asked for the trace to be recorded.
    public var isSampled: Bool { flags & 1 == 1 }
}
