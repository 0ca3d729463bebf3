/// `processors.correlate`: which exchange caused which. It runs with its defaults unless it is disabled.
public struct CorrelateConfiguration: Sendable, Equatable {
    /// Most entries of `echo_ignore`: each word is held against those that are beginnings.
    static let maximumIgnored = 64

    /// `enabled`: whether parents are looked for at all. Default true.
    public var isEnabled = true
    /// `window`: how long an undecided exchange may wait for evidence, in ns. 0 s...10 min, default 10 s.
    public var window: UInt64 = 10_000_000_000
    /// `min_confidence`: a parent less probable than this is not taken. 0...1, default 0.5.
    public var minimumConfidence = 0.5
    /// `max_memory`: most bytes that undecided exchanges hold. 1 MiB...64 GiB, default 64 MiB.
    public var maximumMemory: UInt64 = 64 << 20
    /// `value_echo`: whether values of a request that reappear in calls count as evidence. Default true.
    public var echoesValues = true
    /// `echo_ignore`: names whose values are left out of that, and, ending in `*`, beginnings of names and of values
    /// (``ValueSelection/ignored``). Default none.
    public var ignoredEchoes: [String] = []

    /// The defaults.
    public init() {}
}

extension CorrelateConfiguration: ConfigurationComponent {
    static let type = "correlate"
    static let summary = "Finds which exchange caused which. Runs with its defaults unless disabled; one per agent."
    static let keys: [ConfigurationKey<Self>] = [
        .value("enabled", \.isEnabled, .boolean, "Whether parents are looked for at all."),
        .value(
            "window", \.window, .duration(0...600_000_000_000),
            "How long an undecided exchange may wait for evidence."),
        .value(
            "min_confidence", \.minimumConfidence, .number(0...1),
            "A parent less probable than this is not taken: the span starts a trace of its own."),
        .value(
            "max_memory", \.maximumMemory, .byteSize(1 << 20...64 << 30), "Most bytes that undecided exchanges hold."),
        .value(
            "value_echo", \.echoesValues, .boolean,
            "Whether values of a request that reappear in calls are evidence: ids in paths, queries, bodies, headers. Only"
                + " salted hashes of them are kept."),
        .list(
            "echo_ignore", \.ignoredEchoes, of: .text("a name, with * at its end for all that begin so"),
            "Names of headers, cookies, query, form and JSON keys, and columns whose values are left out of that; with `*` at"
                + " its end, also every value that begins so, wherever it stands."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if ignoredEchoes.count > Self.maximumIgnored {
            problems.add(path + ".echo_ignore", origin, "expected at most \(Self.maximumIgnored) names")
        }
        if ignoredEchoes.contains("*") {
            problems.add(
                path + ".echo_ignore", origin, "expected a name before the *; value_echo: false leaves out all")
        }
    }
}
