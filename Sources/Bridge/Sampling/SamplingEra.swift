/// What was in effect until the configuration changed, for traces that began before: they are decided as a whole by that.
struct SamplingEra: Sendable {
    /// Most that are remembered.
    static let maximum = 8

    /// When it ended, ns.
    var until: UInt64
    /// What was in effect.
    var options: SampleOptions
    /// Its share, by the randomness of ids.
    var ratio: SamplingThreshold
    /// Whether what was decided of traces was remembered: then it need not be decided again.
    var isRemembered: Bool
}

extension TraceSampler {
    /// Goes by other options from now on. What was decided stays decided, what is held stays held, and traces whose topmost
    /// request began before go by what was in effect then.
    ///
    /// - Parameter now: ns.
    mutating func use(_ next: SampleOptions, now: UInt64) {
        guard next != options else { return }
        if eras.count >= SamplingEra.maximum { eras.removeFirst() }
        let isRemembered = limiter != nil || options.takesReceivedSpans
        eras.append(SamplingEra(until: now, options: options, ratio: ratio, isRemembered: isRemembered))
        if next.rateLimit != options.rateLimit {
            formerlyOverflowed += limiter?.overflowed ?? 0
            limiter = next.rateLimit > 0 ? RateLimiter(limit: next.rateLimit) : nil
        }
        options = next
        ratio = SamplingThreshold(probability: next.ratio)
    }

    /// What keeps a trace that is undecided: what did when it began.
    func rules(of slot: Int) -> KeepRules { era(of: open[slot].opened)?.options.rules ?? options.rules }

    /// The era in which a request began; nil for the present one.
    func era(of began: UInt64) -> SamplingEra? { eras.isEmpty ? nil : eras.first { began < $0.until } }
}
