/// `sending_queue` of an exporter: what waits to be sent. It is full when ``size`` is reached, and refuses what is new.
public struct SendingQueueConfiguration: Sendable, Equatable {
    /// What ``size`` counts.
    public enum Sizer: String, Sendable, CaseIterable {
        /// Batches.
        case requests
        /// Spans, data points, log records.
        case items
        /// Bytes.
        case bytes
    }

    /// `enabled`: whether anything may wait at all. Default true.
    public var isEnabled = true
    /// `num_consumers`: how many requests may be on their way at once. 1...1000, default 10.
    public var consumers: UInt32 = 10
    /// `queue_size`: most that waits, counted as ``sizer`` says. 1...10,000,000, of bytes to 1 TiB; default 1000.
    public var size: UInt64 = 1000
    /// `sizer`: what ``size`` counts. Default requests.
    public var sizer = Sizer.requests
    /// `block_on_overflow`: whether whoever comes waits for room rather than being refused. Default false.
    public var blocksOnOverflow = false
    /// `storage`: the name of the storage extension in which it lies; nil for memory.
    public var storage: String?
    /// `batch`: how spans are put together before they wait.
    public var batch = BatchConfiguration()

    /// The defaults.
    public init() {}
}

extension SendingQueueConfiguration: ConfigurationSection {
    /// Most that may be counted other than in bytes.
    private static let maximumCount: UInt64 = 10_000_000

    static let keys: [ConfigurationKey<Self>] = [
        .value("enabled", \.isEnabled, .boolean, "Whether anything may wait to be sent at all."),
        .value(
            "num_consumers", \.consumers, .integer(1...1000), "How many requests may be on their way at once."),
        .fixed(
            "wait_for_result", to: "false", later: ["true"], "Whether whoever comes waits until it was delivered."),
        .value(
            "queue_size", \.size, .integer(1...1 << 40),
            "Most that waits, counted as `sizer` says (other than bytes at most 10000000); what comes when it is full "
                + "is refused and counted."),
        .value("sizer", \.sizer, .choice(), "What `queue_size` counts: batches, spans (or whatever it is) or bytes."),
        .value(
            "block_on_overflow", \.blocksOnOverflow, .boolean,
            "Whether whoever comes waits for room in a full queue rather than being refused."),
        .optional(
            "storage", \.storage, .component(.extensions),
            "The extension in which the queue lies, such as `file_storage`; without it in memory."),
        .section("batch", \.batch, "How spans are put together to one request."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if isEnabled, sizer == .items, size < batch.minimumSize {
            problems.add(path, origin, "expected queue_size to be at least batch.min_size, since both count spans")
        }
        if sizer != .bytes, size > Self.maximumCount {
            problems.add(path, origin, "expected queue_size to be at most \(Self.maximumCount), unless sizer is bytes")
        }
        if sizer == .bytes, batch.sizer == nil, batch.countsAnything {
            let reason = "since min_size and max_size count spans in this version"
            problems.add(path, origin, "expected batch.sizer to be items, \(reason)")
        }
        if storage != nil, !isEnabled {
            problems.warn(path + ".storage", origin, "has no effect, since enabled is false")
        }
    }
}
