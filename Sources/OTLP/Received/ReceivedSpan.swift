/// What is asked of a span that somebody else made, to find its place among ours. Plain data; the span itself stays the
/// bytes it came as.
public struct ReceivedSpan: Sendable {
    /// The trace it says it belongs to; never zero.
    public var traceID: TraceID
    /// Its id; never 0.
    public var spanID: UInt64
    /// Its parent; 0 for a root.
    public var parentSpanID: UInt64
    /// What it is.
    public var kind: SpanKind
    /// When it began, ns since 1970.
    public var start: UInt64
    /// When it ended, ns since 1970.
    public var end: UInt64
    /// Whose it is: an index into ``ReceivedSpans/resources``.
    public var resource: UInt32
    /// Where its name stands in the bytes of its batch.
    public var name = ArenaRange.empty
    /// The port of the other end of the connection it came by, as the SDK says of a server span (`network.peer.port`,
    /// else `net.sock.peer.port`, `net.peer.port`, `client.port`); 0 when it does not.
    public var peerPort: UInt16 = 0
    /// A hash of its HTTP method and path, where it says both (``RequestSignature``); 0 otherwise.
    public var signature: UInt64 = 0
    /// `interspan.exchange.id`, which spans of this program's own have: which exchange it is an end of; zero otherwise.
    public var exchange = TraceID(high: 0, low: 0)
    /// Of a span with ``exchange`` a hash of `network.peer.address`; 0 when absent.
    public var peerAddress: UInt64 = 0

    /// A span.
    public init(
        traceID: TraceID, spanID: UInt64, parentSpanID: UInt64, kind: SpanKind, start: UInt64, end: UInt64,
        resource: UInt32
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.kind = kind
        self.start = start
        self.end = end
        self.resource = resource
    }
}

/// Who sent spans, as far as its resource says.
public struct ReceivedResource: Sendable, Hashable {
    /// `service.name`; empty when absent.
    public var serviceName = ""
    /// `service.instance.id`; empty when absent.
    public var serviceInstance = ""
    /// `process.pid`; 0 when absent.
    public var processID: Int32 = 0
    /// `host.name`; empty when absent.
    public var hostName = ""
    /// `host.id`; empty when absent.
    public var hostID = ""

    /// One that says nothing.
    public init() {}
}

/// What is changed on a span that passes through. Everything else leaves as it came.
public struct SpanRewrite: Sendable {
    /// Which span of the batch, in order.
    public var span: UInt32
    /// The trace it belongs to now; nil: as it was. Links of the span to its former trace follow it.
    public var traceID: TraceID?
    /// Its parent now, 0 for none; nil: as it was.
    public var parentSpanID: UInt64?
    /// Whether its former ids are kept, as a span link and as `interspan.original.trace_id`.
    public var keepsOriginal = false
    /// A span of another trace that led to it: added as a span link; nil: none.
    public var link: SpanLink?
    /// How far its clock is ahead of its parent's, or its child's behind it, ns: `interspan.clock.skew_ns`; nil:
    /// nothing is known.
    public var clockSkew: Int64?
    /// How it was joined, `interspan.link.method`; nil: not said.
    public var method: StaticString?
    /// How sure that is, `interspan.link.confidence`, 0...1; nil: not said.
    public var confidence: Double?

    /// A rewrite that changes nothing yet.
    public init(span: UInt32) { self.span = span }
}
