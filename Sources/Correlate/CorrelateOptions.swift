/// How parents are looked for. Times are of the source's clock.
public struct CorrelateOptions: Sendable {
    /// Parents less sure than this are dropped: a wrong parent is worse than none. 0...1.
    public var minConfidence = 0.5
    /// How long, in ns, a server end waits for its client end to be seen, counted from the last byte of its request's
    /// head. The kernel's send hook fires after the data left, so the client may come second.
    public var grace: UInt64 = 100_000_000
    /// How long, in ns, a call may wait for the answer that tells on whose behalf it was made, counted from its beginning.
    public var window: UInt64 = 10_000_000_000
    /// Whether learned delays and habits decide what no other evidence does.
    var usesTiming = true
    /// How often, in a second of the source's clock, calls may be looked at to find their place among others: about so many
    /// µs of a processor. Where more calls wait, each is looked at less often. `.max` is without limit.
    public var windowWork = UInt64.max
    /// How long, in ns, an exchange that is over is remembered for what it caused and what is seen of it late.
    public var retention: UInt64 = 10_000_000_000
    /// Most bytes that exchanges may hold which cannot leave yet because an ancestor is undecided. Under pressure the
    /// oldest is decided first. At least 1 MiB counts.
    public var maxMemory = 64 << 20
    /// Most ends of exchanges that are remembered, open and over.
    public var maximumExchanges = 131_072
    /// Most units of execution that are remembered; the one idle for longest makes room.
    public var maximumUnits = 32_768
    /// Most connections whose opening is remembered until their first exchange.
    public var maximumSockets = 32_768

    /// Most uses of request ids, by open requests and by calls that an answer may still tell of.
    public var maximumRequestIDs = 32_768
    /// Most processes whose request ids are remembered.
    public var maximumProcesses = 4_096

    /// Whether values of a request that reappear in calls are evidence.
    public var usesValues = true
    /// Most values that are remembered, in requests' use or not.
    public var maximumEchoValues = 131_072
    /// Most uses of values by requests.
    public var maximumEchoUses = 262_144

    /// The defaults.
    public init() {}
}
