/// `processors.sample`: which traces leave, of those that nobody upstream has decided about. Parent-based sampling runs
/// without it.
public struct SampleConfiguration: Sendable, Equatable {
    /// Most entries of `keep`: each span of a trace that would be left out is held against each.
    static let maximumRules = 64

    /// Its name: `sample`, alone or with `/name`.
    public var name = "sample"
    /// `ratio`: share of the traces that is kept, of those that no context has decided about. 0...1, default 1.
    public var ratio = 1.0
    /// `parent_based`: whether a context that says that the trace is recorded keeps it. Default true.
    public var isParentBased = true
    /// `always_on`: whether spans of contexts that say the trace is not recorded are exported. Default false.
    public var isAlwaysOn = false
    /// `rate_limit`: most traces a second, of those that `ratio` keeps; 0 is no limit. 0...1,000,000, default 0.
    public var rateLimit = 0.0
    /// `wait`: how long a trace is held at most for a rule of `keep`, from its first span, ns. 0 s...10 min, default 10 s.
    public var wait: UInt64 = 10_000_000_000
    /// `max_memory`: most bytes that are held for rules of `keep`. 1 MiB...64 GiB, default 64 MiB.
    public var maximumMemory: UInt64 = 64 << 20
    /// `keep`: what keeps a whole trace whatever `ratio` and `rate_limit` say. Default nothing.
    public var keep: [KeepRuleConfiguration] = []

    /// The defaults.
    public init() {}
}

extension SampleConfiguration: ConfigurationComponent {
    static let type = "sample"
    static let summary =
        "Leaves out traces, as wholes, that no context has decided about; what contexts decide is heeded without it as well. "
        + "One per agent, named by every pipeline that a receiver of it feeds, or by none; `docs/sampling.md` has the rules."
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "ratio", \.ratio, .number(0...1),
            "Share of the traces that is kept, by their ids: agents with one ratio keep the same traces."),
        .value(
            "parent_based", \.isParentBased, .boolean,
            "Whether traces are kept that a context, or the SDK that sent them, says are recorded; else the others decide "
                + "about them as well."),
        .value(
            "always_on", \.isAlwaysOn, .boolean,
            "Whether spans whose context says that the trace is not recorded are exported nevertheless."),
        .value(
            "rate_limit", \.rateLimit, .number(0...1_000_000),
            "Most traces a second, of those that `ratio` keeps, shared fairly among services and operations; 0 is no limit."
        ),
        .value(
            "wait", \.wait, .duration(0...600_000_000_000),
            "How long a trace that would be left out is held at most, from its first span, for what `keep` asks for."),
        .value(
            "max_memory", \.maximumMemory, .byteSize(1 << 20...64 << 30),
            "Most bytes that are held for that; beyond, the oldest trace is decided first."),
        .rules(
            "keep", \.keep,
            "What keeps a whole trace whatever the others say: `{error: true}`, `{slower_than: 1s}` for a span longer than "
                + "that, `{attribute: {key: value}}` with `*` and `?` in the value, `{header: x-trace-me}` on a request. In a "
                + "variable `error,slower_than=1s,attribute.key=value,header=x-trace-me`."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if keep.count > Self.maximumRules {
            problems.add(path + ".keep", origin, "expected at most \(Self.maximumRules) rules")
        }
        if !keep.isEmpty, ratio == 1, rateLimit == 0 {
            problems.warn(path + ".keep", origin, "has no effect while ratio is 1 and rate_limit 0, since all is kept")
        }
    }
}
