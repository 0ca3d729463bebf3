/// Where on a message a context stood.
public enum ContextPlace: UInt8, Sendable {
    /// In a header of a request, or what a protocol has for it.
    case header
    /// In the metadata of a message.
    case message
    /// In a comment of a statement.
    case sqlComment
}

/// A context that was read, the dialect it was in, and where it stood.
public struct ContextReading: Hashable, Sendable {
    /// The context.
    public var context: TraceContext
    /// Its dialect.
    public var propagator: Propagator
    /// Where it stood.
    public var place: ContextPlace

    /// A reading.
    public init(context: TraceContext, propagator: Propagator, place: ContextPlace) {
        self.context = context
        self.propagator = propagator
        self.place = place
    }
}

/// What the contexts of one message come to.
public enum ContextResult: Hashable, Sendable {
    /// There is none that is valid.
    case none
    /// The one that counts. Those of other dialects beside it are ``ContextReader/others``.
    case one(ContextReading)
    /// Messages of one batch name different spans: none of them is the parent, all are ``ContextReader/others``.
    case several
}

/// The ids of a SkyWalking context as they stood in the header, which its OpenTelemetry ids are made of.
public struct SkyWalkingIDs: Hashable, Sendable {
    /// The trace's id, decoded from base64.
    public var traceID: [UInt8] = []
    /// The segment's id, decoded from base64.
    public var segmentID: [UInt8] = []
    /// The span's index in the segment.
    public var spanIndex: Int32 = 0

    /// No ids.
    public init() {}
}
