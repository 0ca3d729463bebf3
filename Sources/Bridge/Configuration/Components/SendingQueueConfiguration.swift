/// `sending_queue` of an exporter: what waits to be sent. It is full when ``size`` is reached, and refuses what is new.
public struct SendingQueueConfiguration: Sendable, Equatable {
    /// What ``size`` counts.
    public enum Sizer: String, Sendable, CaseIterable {
        /// Batches.
        case requests
        /// Spans.
        case items
    }

    /// `enabled`: whether anything may wait at all. Default true.
    public var isEnabled = true
    /// `queue_size`: most that waits, counted as ``sizer`` says. 1...10,000,000, default 1000.
    public var size: UInt32 = 1000
    /// `sizer`: what ``size`` counts. Default requests.
    public var sizer = Sizer.requests
    /// `batch`: how spans are put together before they wait.
    public var batch = BatchConfiguration()

    /// The defaults.
    public init() {}
}

extension SendingQueueConfiguration: ConfigurationSection {
    static let laterKeys = ["num_consumers", "wait_for_result", "block_on_overflow", "storage"]
    static let keys: [ConfigurationKey<Self>] = [
        .value("enabled", \.isEnabled, .boolean, "Whether anything may wait to be sent at all."),
        .value(
            "queue_size", \.size, .integer(1...10_000_000),
            "Most that waits, counted as `sizer` says; what comes when it is full is dropped and counted."),
        .value("sizer", \.sizer, .choice(later: ["bytes"]), "What `queue_size` counts: batches or spans."),
        .section("batch", \.batch, "How spans are put together to one request."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if isEnabled, sizer == .items, size < batch.minimumSize {
            problems.add(path, origin, "expected queue_size to be at least batch.min_size, since both count spans")
        }
    }
}

/// `batch` of a sending queue: a batch leaves when it has ``minimumSize`` spans or after ``flushTimeout``.
public struct BatchConfiguration: Sendable, Equatable {
    /// `flush_timeout`: longest time that a span waits for others, in ns. 1 ms...10 min, default 200 ms.
    public var flushTimeout: UInt64 = 200_000_000
    /// `min_size`: spans at which a batch leaves at once. 1...1,000,000, default 8192.
    public var minimumSize: UInt32 = 8192
    /// `max_size`: most spans of one request; 0 is no limit. Up to 1,000,000, default 0.
    public var maximumSize: UInt32 = 0

    /// The defaults.
    public init() {}
}

extension BatchConfiguration: ConfigurationSection {
    static let laterKeys = ["sizer", "partition"]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "flush_timeout", \.flushTimeout, .duration(1_000_000...600_000_000_000),
            "Longest time that a span waits for others."),
        .value("min_size", \.minimumSize, .integer(1...1_000_000), "Spans at which a batch leaves at once."),
        .value("max_size", \.maximumSize, .integer(0...1_000_000), "Most spans of one request; 0 is no limit."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if maximumSize > 0, maximumSize < minimumSize {
            problems.add(path, origin, "expected max_size to be 0 or at least min_size")
        }
    }
}
