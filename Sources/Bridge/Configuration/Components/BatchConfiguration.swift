/// `batch` of a sending queue: a batch leaves when it has ``minimumSize`` spans or after ``flushTimeout``.
public struct BatchConfiguration: Sendable, Equatable {
    /// What ``minimumSize`` and ``maximumSize`` count.
    public enum Sizer: String, Sendable, CaseIterable {
        /// Spans, data points, log records.
        case items
    }

    /// `flush_timeout`: longest time that a span waits for others, in ns. 1 ms...10 min, default 200 ms.
    public var flushTimeout: UInt64 = 200_000_000
    /// `sizer`: what the sizes count; nil when it is not written, where the Collector takes that of the queue.
    public var sizer: Sizer?
    /// `min_size`: spans at which a batch leaves at once; 0 is as 1. Up to 1,000,000, default 8192.
    public var minimumSize: UInt32 = 8192
    /// `max_size`: most spans of one request; 0 is no limit. Up to 1,000,000, default 0.
    public var maximumSize: UInt32 = 0

    /// The defaults.
    public init() {}

    /// Whether a size other than the default is given.
    var countsAnything: Bool { minimumSize != Self().minimumSize || maximumSize != Self().maximumSize }
}

extension BatchConfiguration: ConfigurationSection {
    static let laterKeys = ["partition"]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "flush_timeout", \.flushTimeout, .duration(1_000_000...600_000_000_000),
            "Longest time that a span waits for others."),
        .optional("sizer", \.sizer, .choice(later: ["bytes"]), "What the sizes count: spans, or whatever it is."),
        .value("min_size", \.minimumSize, .integer(0...1_000_000), "Spans at which a batch leaves at once."),
        .value("max_size", \.maximumSize, .integer(0...1_000_000), "Most spans of one request; 0 is no limit."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if maximumSize > 0, maximumSize < minimumSize {
            problems.add(path, origin, "expected max_size to be 0 or at least min_size")
        }
    }
}
