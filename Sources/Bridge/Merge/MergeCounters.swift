/// What Merge counted since it began; grows only.
struct MergeCounters: Sendable {
    /// Spans that took trace and parent from a context on the wire.
    var joinedByContext: UInt64 = 0
    /// Client ends whose context was the one that their server end had received: lineage decided.
    var forwardedUnchanged: UInt64 = 0
    /// Contexts that named another trace than the one lineage leads to: kept as span links.
    var keptAsLink: UInt64 = 0
    /// Ends whose parent had been forgotten when they came.
    var parentForgotten: UInt64 = 0
    /// Remembered ends that had to make room.
    var evicted: UInt64 = 0
    /// Spans of traces that somebody upstream chose not to record.
    var unsampled: UInt64 = 0
}
