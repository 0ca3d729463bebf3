/// What to do when the backend does not take a request now: `retry_on_failure` of the Collector.
public struct RetrySettings: Sendable, Equatable {
    /// `enabled`. Default true.
    public var enabled = true
    /// `initial_interval`: wait before the second attempt, ns. Default 5 s.
    public var initialIntervalNanoseconds: UInt64 = 5_000_000_000
    /// `randomization_factor`: by what part of itself a wait may be shorter or longer, 0...1. Default 0.5.
    public var randomizationFactor = 0.5
    /// `multiplier`: by how much each wait is longer than the one before, at least 1. Default 1.5.
    public var multiplier = 1.5
    /// `max_interval`: longest wait, before it is randomised, ns. Default 30 s.
    public var maxIntervalNanoseconds: UInt64 = 30_000_000_000
    /// `max_elapsed_time`: no attempt begins later than this after the first, ns. 0: no limit. Default 300 s.
    public var maxElapsedTimeNanoseconds: UInt64 = 300_000_000_000

    /// The defaults.
    public init() {}
}
