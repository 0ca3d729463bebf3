/// When to try a request again: exponential backoff with jitter. A value; time and chance are parameters.
struct RetrySchedule {
    /// The longest that a backend can make us wait, ns.
    static let longestRetryAfter: UInt64 = 3_600_000_000_000

    private let settings: RetrySettings
    private let firstAttempt: UInt64
    private var interval: Double

    /// A schedule.
    /// - Parameter firstAttempt: when the first attempt began, ns.
    init(_ settings: RetrySettings, firstAttempt: UInt64) {
        self.settings = settings
        self.firstAttempt = firstAttempt
        interval = Double(min(settings.initialIntervalNanoseconds, settings.maxIntervalNanoseconds))
    }

    /// When to try again, ns; nil when it is time to give up.
    /// - Parameters:
    ///   - now: when the attempt failed, ns.
    ///   - retryAfter: what the backend asked for, ns; 0 or nil for nothing. It rules instead of the backoff.
    ///   - chance: a random number, 0..<1.
    mutating func next(now: UInt64, retryAfter: UInt64?, chance: Double) -> UInt64? {
        guard settings.enabled else { return nil }
        let factor = min(max(settings.randomizationFactor, 0), 1)
        var delay = UInt64(max(interval * (1 - factor + 2 * factor * chance), 0))
        interval = min(interval * max(settings.multiplier, 1), Double(settings.maxIntervalNanoseconds))
        if let retryAfter, retryAfter > 0 { delay = min(retryAfter, Self.longestRetryAfter) }
        let due = now &+ delay
        let limit = settings.maxElapsedTimeNanoseconds
        if limit > 0, due &- firstAttempt > limit { return nil }
        return due
    }
}
