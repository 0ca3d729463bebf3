/// An exporter's queue: `sending_queue` of the Collector, with its names, meanings and defaults.
public struct QueueSettings: Sendable {
    /// What ``size`` counts.
    public enum Sizer: String, Sendable, CaseIterable {
        /// Batches as they were handed over.
        case requests
        /// Spans.
        case items
        /// Bytes of memory.
        case bytes
    }

    /// `queue_size`: how much may be held, waiting or on its way, in ``sizer``'s unit; at least 1.
    public var size = 1000
    /// `sizer`: the unit of ``size``.
    public var sizer = Sizer.requests
    /// `num_consumers`: how many requests may be on their way at once, 1...1000.
    public var consumers = 10
    /// `block_on_overflow`: whether ``Exporter/enqueue(_:)`` waits for room rather than refuse.
    public var blockOnOverflow = false
    /// How batches become requests.
    public var batch = BatchSettings()
    /// Most bytes of memory that may be held, whatever ``sizer`` says: a thousand large batches would be gigabytes.
    /// Not the Collector's.
    ///
    /// With ``storage`` a half of it bounds what is not stored yet, and a quarter what was read ahead.
    public var memoryLimit = 64 << 20
    /// `storage`: where the queue lives if it shall outlive the process. Nil: in memory.
    public var storage: StorageSettings?

    /// The defaults.
    public init() {}
}

/// How batches become requests: `sending_queue.batch` of the Collector.
public struct BatchSettings: Sendable {
    /// `flush_timeout`: a request leaves at the latest when its oldest span has waited so long, ns. Default 200 ms.
    public var flushTimeoutNanoseconds: UInt64 = 200_000_000
    /// `min_size`: a request leaves at once when it has so many spans. Default 8192.
    public var minSize = 8192
    /// `max_size`: most spans of a request; larger batches are cut. 0: no limit. Default 8192 (the Collector's is 0).
    public var maxSize = 8192
    /// Most bytes of a request before compression, as estimated from its spans in memory; one span is always sent.
    /// Default 16 MiB (the Collector's receiver refuses more than 20).
    public var maxBytes = 16 << 20

    /// The defaults.
    public init() {}
}
