/// What Merge counted since it began; grows only.
struct MergeCounters: Sendable {
    /// Spans that took trace and parent from a context on the wire.
    var joinedByContext: UInt64 = 0
    /// Of those, spans below one that may not be in the backend: its dialect is not native there, and no spans of its
    /// service pass through.
    var unconfirmedParent: UInt64 = 0
    /// Client ends whose context was one that their server end had received: lineage decided.
    var forwardedUnchanged: UInt64 = 0
    /// Server ends that hang from the client end which another agent sees, on one of `peers`.
    var joinedByPeer: UInt64 = 0
    /// Client ends that left what they were made for, since a context takes their server's end, on one of `peers`, into
    /// another trace.
    var movedForPeer: UInt64 = 0
    /// Client ends that link to the trace which their server's end, not seen here, begins.
    var linkedToServer: UInt64 = 0
    /// Contexts that did not decide the place of their span: kept as span links.
    var keptAsLink: UInt64 = 0
    /// Links beyond the most that a span may have.
    var linksLeftOut: UInt64 = 0
    /// Traces of our own making that became the trace of a context met below their root.
    var tracesYielded: UInt64 = 0
    /// Traces that were moved under the span that led to them.
    var rerooted: UInt64 = 0
    /// Traces that could not be moved, by why.
    var apart = ApartCounters()
    /// Moved traces of which a context left for where its spans do not pass through.
    var torn: UInt64 = 0
    /// Spans of SDKs that were asked about.
    var received: UInt64 = 0
    /// Of those, spans that were hung below one of ours.
    var reparented: UInt64 = 0
    /// Of those, spans that were moved to another trace.
    var moved: UInt64 = 0
    /// Of those, spans with a partner that could not be told from others.
    var ambiguous: UInt64 = 0
    /// Of those, spans whose clock is not that of their partner.
    var skewed: UInt64 = 0
    /// Of those, server ends of other agents that were hung below the client end of the same exchange.
    var joinedByExchange: UInt64 = 0
    /// Of those, server ends of other agents whose client end did not come in time, if there is one.
    var callerMissing: UInt64 = 0
    /// Client ends that came after their server end had left without them.
    var callerLate: UInt64 = 0
    /// Ends whose parent had been forgotten when they came.
    var parentForgotten: UInt64 = 0
    /// Remembered ends that had to make room.
    var evicted: UInt64 = 0
    /// Remembered traces that had to make room.
    var tracesEvicted: UInt64 = 0
}

/// Why a trace that met another was left where it is.
struct ApartCounters: Sendable {
    /// `reroot: link` says so.
    var configured: UInt64 = 0
    /// It is not sure enough that one led to the other.
    var uncertain: UInt64 = 0
    /// It was received from elsewhere.
    var received: UInt64 = 0
    /// No spans of its service pass through.
    var unseenSpans: UInt64 = 0
    /// A context of it has left for where its spans do not pass through.
    var departed: UInt64 = 0
    /// Spans of it had left before the other trace was met.
    var late: UInt64 = 0
}
