/// How traces are sampled, in the sampler's own terms.
struct SampleOptions: Sendable, Equatable {
    /// Share of the traces that nobody else has decided about which is kept. 0...1.
    var ratio = 1.0
    /// Whether a context that says that the trace is recorded keeps it.
    var isParentBased = true
    /// Whether spans of contexts that say the trace is not recorded leave nevertheless.
    var isAlwaysOn = false
    /// Most traces a second, but for those that contexts or rules keep; 0 is no limit.
    var rateLimit = 0.0
    /// How long a trace is held at most, from its first span, ns.
    var wait: UInt64 = 10_000_000_000
    /// How long a trace is held after its root is over, for what comes with it, ns.
    var settling: UInt64 = 1_000_000_000
    /// Most bytes that are held.
    var maximumMemory = 64 << 20
    /// What keeps a trace whatever ratio and rate say.
    var rules = KeepRules()
    /// Whether SDKs' spans go the same way, so that what was decided of a trace must be known when they come.
    var takesReceivedSpans = false
    /// Most traces of which is remembered what was decided.
    var maximumTraces = 131_072
    /// How long that is remembered after it was last needed, ns.
    var memory: UInt64 = 600_000_000_000
}
