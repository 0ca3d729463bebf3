/// What is asked of a span in a line of OTLP/JSON to find its parent without the ids of traces and parents: plain data.
/// Texts are hashes (``TextHash``); 0 stands for what is not there.
public struct LineSpan: Sendable, BitwiseCopyable {
    /// Its id; 0 when it has none, or one that is ill-formed.
    public var spanID: UInt64 = 0
    /// What it is.
    public var kind = SpanKind.unspecified
    /// When it began, ns since 1970; 0 when it does not say.
    public var start: UInt64 = 0
    /// When it ended, ns since 1970; 0 when it does not say.
    public var end: UInt64 = 0
    /// Whose it is: an index into ``TraceLine/owners``.
    public var owner: UInt32 = 0
    /// What is done: its name, and of a call whom it asks (`server.address`, `peer.service` and the port).
    public var operation: UInt64 = 0
    /// `thread.id`.
    public var thread: UInt64 = 0
    /// What is asked for, which both ends of a call say alike: an HTTP method and path, a remote procedure, a destination of
    /// messages.
    public var signature: UInt64 = 0
    /// The port of the connection at the client: the server says it of its peer, the client of itself.
    public var clientPort: UInt16 = 0
    /// `interspan.exchange.id`.
    public var exchange: UInt64 = 0
    /// Ids of requests and of messages, at most ``maximumIDs``.
    public var ids = InlineArray<4, UInt64>(repeating: 0)

    /// Most ids of a span that are looked at.
    public static let maximumIDs = 4

    /// One that says nothing.
    public init() {}

    /// Adds an id that is not there yet.
    mutating func add(id: UInt64) {
        for index in 0..<LineSpan.maximumIDs {
            if ids[index] == id { return }
            if ids[index] == 0 {
                ids[index] = id
                return
            }
        }
    }
}

/// Where a span was found to belong, as it is written into its line.
public struct LinePlacement: Sendable {
    /// The trace.
    public var traceID: TraceID
    /// Its parent; 0 for a root.
    public var parentSpanID: UInt64
    /// Which evidence decided, `interspan.link.method`.
    public var method: StaticString
    /// How sure that is, 0...1: `interspan.link.confidence`.
    public var confidence: Double

    /// A place.
    public init(traceID: TraceID, parentSpanID: UInt64, method: StaticString, confidence: Double) {
        self.traceID = traceID
        self.parentSpanID = parentSpanID
        self.method = method
        self.confidence = confidence
    }
}
