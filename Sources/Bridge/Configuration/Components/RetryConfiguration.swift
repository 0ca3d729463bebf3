/// `retry_on_failure` of an exporter: exponential backoff with jitter.
public struct RetryConfiguration: Sendable, Equatable {
    /// `enabled`: whether a failed request is sent again. Default true.
    public var isEnabled = true
    /// `initial_interval`: wait before the second attempt, in ns. 1 ms...1 h, default 5 s.
    public var initialInterval: UInt64 = 5_000_000_000
    /// `max_interval`: longest wait between attempts, in ns. 1 ms...24 h, default 30 s.
    public var maximumInterval: UInt64 = 30_000_000_000
    /// `max_elapsed_time`: after how long a request is given up, in ns; 0 is never. Up to 30 days, default 5 min,
    /// or 0 with `sending_queue.storage`, since what lies on disk outlives a backend that is away for hours.
    public var maximumElapsedTime: UInt64 = 300_000_000_000
    /// `multiplier`: by what the wait grows with each attempt. 1...100, default 1.5.
    public var multiplier = 1.5
    /// `randomization_factor`: share of the wait by which chance makes it longer or shorter. 0...1, default 0.5.
    public var randomizationFactor = 0.5

    /// The defaults.
    public init() {}
}

extension RetryConfiguration: ConfigurationSection {
    private static let hour: UInt64 = 3_600_000_000_000

    static let keys: [ConfigurationKey<Self>] = [
        .value("enabled", \.isEnabled, .boolean, "Whether a failed request is sent again."),
        .value(
            "initial_interval", \.initialInterval, .duration(1_000_000...hour), "Wait before the second attempt."),
        .value(
            "max_interval", \.maximumInterval, .duration(1_000_000...24 * hour), "Longest wait between two attempts."),
        .value(
            "max_elapsed_time", \.maximumElapsedTime, .duration(0...720 * hour),
            "After how long a request is given up; 0 is never, which is the default with `sending_queue.storage`."),
        .value("multiplier", \.multiplier, .number(1...100), "By what the wait grows with each attempt."),
        .value(
            "randomization_factor", \.randomizationFactor, .number(0...1),
            "Share of the wait by which chance makes it longer or shorter."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if isEnabled, maximumElapsedTime > 0, maximumElapsedTime < initialInterval {
            problems.add(path, origin, "expected max_elapsed_time to be 0 or at least initial_interval")
        }
        if isEnabled, maximumInterval < initialInterval {
            problems.add(path, origin, "expected max_interval to be at least initial_interval")
        }
    }
}
