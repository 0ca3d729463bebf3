public import Propagation

/// `processors.merge`: joining the traces that exist. It runs with its defaults unless it is disabled.
public struct MergeConfiguration: Sendable, Equatable {
    /// What is done where an SDK has made a span of what was captured as well.
    public enum SDKSpans: String, Sendable, CaseIterable {
        /// Both leave, one below the other.
        case nest
        /// The SDK's alone leaves.
        case drop
        /// Both leave, and the SDK's as it came.
        case keep
    }

    /// What is done with an SDK's trace that begins behind a hop without one.
    public enum Reroot: String, Sendable, CaseIterable {
        /// Its spans take the id of the trace that led to it.
        case rewrite
        /// A span link says what led to it.
        case link
    }

    /// `enabled`: whether contexts on requests are heeded. Default true.
    public var isEnabled = true
    /// `propagators`: the formats that are read, first wins. Default all there are.
    public var propagators = Propagator.configurable
    /// `native`: formats whose spans reach the backend by themselves. Default those that Jaeger and Tempo take in.
    public var native: [Propagator] = [.tracecontext, .jaeger, .b3, .ottrace]
    /// `sql_comments`: whether contexts in comments of statements are read. Default true.
    public var readsSQLComments = true
    /// `sdk_spans`: what is done with SDKs' spans that are received. Default nest.
    public var sdkSpans = SDKSpans.nest
    /// `reroot`: what is done with an SDK's trace that begins behind a hop without one. Default rewrite.
    public var reroot = Reroot.rewrite
    /// `ttl`: how long a request is remembered for spans that come later, ns. 1 s...1 h, default 60 s.
    public var timeToLive: UInt64 = 60_000_000_000
    /// `wait`: how long a captured span waits for an SDK's to take its place (`sdk_spans: drop`), ns. 0 s...10 min,
    /// default 10 s.
    public var wait: UInt64 = 10_000_000_000
    /// `keys`: names of further headers.
    public var keys = MergeKeysConfiguration()
    /// `baggage`: members of baggage that become attributes `baggage.<key>`. Default none, since what applications put
    /// there may be about persons.
    public var baggage: [String] = []

    /// The defaults.
    public init() {}
}

extension MergeConfiguration: ConfigurationComponent {
    static let type = "merge"
    static let summary =
        "Joins the traces that the requests' contexts name, and those of SDKs that send through the agent. Runs with its "
        + "defaults unless disabled; one per agent."
    static let keys: [ConfigurationKey<Self>] = [
        .value("enabled", \.isEnabled, .boolean, "Whether trace contexts are heeded and SDKs' spans are joined."),
        .list(
            "propagators", \.propagators, of: .choice(Propagator.configurable),
            "The formats of contexts that are read; of several on one message the first here is the parent, the others "
                + "become span links."),
        .list(
            "native", \.native, of: .choice(Propagator.configurable),
            "Formats whose spans reach the backend by themselves, so that spans may hang from what such a context names."
        ),
        .value(
            "sql_comments", \.readsSQLComments, .boolean, "Whether contexts in comments of SQL statements are read."),
        .value(
            "sdk_spans", \.sdkSpans, .choice(),
            "What is done with spans that SDKs send through the agent: `nest` joins them with those captured, `drop` leaves "
                + "out captured spans that an SDK has made as well, `keep` passes them on as they are."),
        .value(
            "reroot", \.reroot, .choice(),
            "What is done with an SDK's trace that begins behind a service without one: `rewrite` has its spans join the "
                + "trace that led to it, `link` only links to it."),
        .value(
            "ttl", \.timeToLive, .duration(1_000_000_000...3_600_000_000_000),
            "How long a request that is over is remembered, for spans of it that come later."),
        .value(
            "wait", \.wait, .duration(0...600_000_000_000),
            "How long a captured span waits for an SDK's that takes its place, with `sdk_spans: drop`."),
        .section("keys", \.keys, "Names of further headers, of which the first that is there counts."),
        .list(
            "baggage", \.baggage, of: .token,
            "Members of baggage that become attributes `baggage.<key>`. None unless named: baggage may be personal."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        let most = MergeKeysConfiguration.maximumNames
        if baggage.count > most { problems.add(path + ".baggage", origin, "expected at most \(most) names") }
    }
}
