/// `processors.batch`: the Collector's processor, which sets what `sending_queue.batch` sets.
struct BatchProcessorConfiguration: Sendable, Equatable {
    /// `timeout`: longest time that a span waits for others, in ns; 0 is not at all. Up to 10 min, default 200 ms.
    var timeout: UInt64 = 200_000_000
    /// `send_batch_size`: spans at which a batch leaves at once; 0 is as soon as there is one. Default 8192.
    var size: UInt32 = 8192
    /// `send_batch_max_size`: most spans of one request; 0 is no limit. Default 0.
    var maximumSize: UInt32 = 0
}

extension BatchProcessorConfiguration: ConfigurationComponent {
    static let type = "batch"
    static let summary =
        "Sets `flush_timeout`, `min_size` and `max_size` of `sending_queue.batch` for the OTLP exporters of the pipelines "
        + "that name it, unless they are set there; of several processors the first counts."
    static let ignoredKeys = ["metadata_keys", "metadata_cardinality_limit"]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "timeout", \.timeout, .duration(0...600_000_000_000),
            "Longest time that a span waits for others; 0 is not at all."),
        .value("send_batch_size", \.size, .integer(0...1_000_000), "Spans at which a batch leaves at once."),
        .value(
            "send_batch_max_size", \.maximumSize, .integer(0...1_000_000),
            "Most spans of one request; 0 is no limit."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if maximumSize > 0, maximumSize < size {
            problems.add(path, origin, "expected send_batch_max_size to be 0 or at least send_batch_size")
        }
    }
}

/// `processors.memory_limiter`: the Collector's processor, which has nothing to do here.
struct MemoryLimiterConfiguration: ConfigurationComponent {
    static let type = "memory_limiter"
    static let summary = "Accepted, and has no effect: every queue and table here is bounded by itself."
    static let ignoredKeys = [
        "check_interval", "limit_mib", "spike_limit_mib", "limit_percentage", "spike_limit_percentage",
        "min_gc_interval_when_soft_limited", "min_gc_interval_when_hard_limited",
    ]
    static let keys: [ConfigurationKey<Self>] = []
}
