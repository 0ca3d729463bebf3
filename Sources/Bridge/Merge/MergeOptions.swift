internal import Propagation

/// How traces are merged, and how much is remembered for it. Times are of the source's clock, ns.
struct MergeOptions: Sendable {
    /// Whether contexts on the wire are used at all.
    var readsContexts = true
    /// Whether exchanges that are telemetry, scrapes or probes are left out, with what they certainly caused.
    var leavesOutTelemetry = true
    /// Reads those in comments of statements; nil leaves them unread.
    var comments: SQLCommentReader? = SQLCommentReader()
    /// Members of baggage that become attributes.
    var baggage: [String] = []
    /// Dialects whose spans the backend takes in as they are: a context in one of them names a span that will be there.
    var native: Set<Propagator> = [.tracecontext, .jaeger, .b3, .ottrace]
    /// Whether a trace that begins behind a hop of ours takes that hop's trace id, or is only linked with it.
    var rewritesRoots = true
    /// What becomes of spans of SDKs that pass through.
    var receivedSpans = MergeConfiguration.SDKSpans.nest
    /// Whether spans of SDKs pass through at all.
    var takesReceivedSpans = true
    /// Hosts where other agents make spans of the other ends of exchanges.
    var peers = PeerHosts()
    /// Whether anything is captured here; where nothing is, no span waits for what might be.
    var observes = true
    /// How long what was decided of a trace, and who received a context, is remembered after it was last needed.
    var ttl: UInt64 = 60_000_000_000
    /// How long an end is remembered after it closed, for late children.
    var retention: UInt64 = 10_000_000_000
    /// Where an SDK's span takes the place of ours: how long a span of ours waits after its end for an SDK's.
    var wait: UInt64 = 10_000_000_000
    /// Notes what sampling has to know of a request, now or after a change; nil where nobody ever asks.
    var notes: SamplingNotes?
    /// Most ends that are remembered.
    var maximumEnds = 131_072
    /// Most traces of which something is remembered.
    var maximumTraces = 65_536
    /// Most ends of exchanges that other agents reported which are remembered.
    var maximumReported = 65_536
    /// Most ends of which it is remembered which context they received.
    var maximumReceiving = 65_536

    /// Whether spans of ours wait for those of SDKs that may take their place.
    var awaitsTwins: Bool { takesReceivedSpans && receivedSpans == .drop }
}
