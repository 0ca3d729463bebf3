/// What became of the spans that an exporter was given. At any moment
/// `accepted == sent + dropped + queued`; what it refused it never accepted.
public struct ExporterCounters: Sendable, Equatable {
    /// Spans taken into the queue.
    public internal(set) var accepted: UInt64 = 0
    /// Spans delivered: the backend said so, or they were written.
    public internal(set) var sent: UInt64 = 0
    /// Spans waiting or on their way.
    public internal(set) var queued: UInt64 = 0
    /// Spans not taken because the queue was full (`queue_full`) or the exporter was shut down.
    public internal(set) var refused: UInt64 = 0
    /// Requests sent again.
    public internal(set) var retries: UInt64 = 0
    /// What the queue holds now, in ``QueueSettings/sizer``'s unit.
    public internal(set) var queueSize: Int = 0
    /// What the queue may hold, in the same unit.
    public internal(set) var queueCapacity: Int = 0

    private var reasons = [UInt64](repeating: 0, count: DropReason.allCases.count)

    /// Spans accepted and not delivered, for one reason.
    public func dropped(_ reason: DropReason) -> UInt64 { reasons[reason.index] }

    /// Spans accepted and not delivered.
    public var dropped: UInt64 { reasons.reduce(0, &+) }

    /// These and those of another exporter that stands, or stood, for the same.
    public static func + (one: ExporterCounters, other: ExporterCounters) -> ExporterCounters {
        var sum = one
        sum.accepted &+= other.accepted
        sum.sent &+= other.sent
        sum.queued &+= other.queued
        sum.refused &+= other.refused
        sum.retries &+= other.retries
        sum.queueSize += other.queueSize
        for index in sum.reasons.indices { sum.reasons[index] &+= other.reasons[index] }
        return sum
    }

    /// These without what is queued: another has taken the queue over, and counts that as accepted.
    public var withoutQueued: ExporterCounters {
        var rest = self
        rest.accepted &-= queued
        rest.queued = 0
        rest.queueSize = 0
        return rest
    }

    /// Counts spans that will not be delivered.
    mutating func drop(_ count: UInt64, _ reason: DropReason) { reasons[reason.index] &+= count }
}

/// Why spans that were accepted were not delivered; the raw value is the metric's `reason`.
public enum DropReason: String, Sendable, CaseIterable {
    /// The backend could not take them for longer than `retry_on_failure.max_elapsed_time`.
    case retriesExhausted = "retries_exhausted"
    /// The backend answered that it never will.
    case notRetryable = "not_retryable"
    /// The backend took the request but not these (partial success).
    case rejected
    /// The time to drain was over.
    case shutdown
    /// The request could not be made.
    case encoding
    /// The file could not be written.
    case writeFailed = "write_failed"
    /// There were more unfinished traces than are held.
    case evicted
    /// What was stored on disk was damaged. Where that cannot be told any more, one for each request.
    case corrupt

    /// Its place among all.
    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
