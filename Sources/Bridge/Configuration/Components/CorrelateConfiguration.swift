/// `processors.correlate`: which exchange caused which. It runs with its defaults unless it is disabled.
public struct CorrelateConfiguration: Sendable, Equatable {
    /// `enabled`: whether parents are looked for at all. Default true.
    public var isEnabled = true
    /// `window`: how long an undecided exchange may wait for evidence, in ns. 0 s...10 min, default 10 s.
    public var window: UInt64 = 10_000_000_000
    /// `min_confidence`: a parent less probable than this is not taken. 0...1, default 0.5.
    public var minimumConfidence = 0.5
    /// `max_memory`: most bytes that undecided exchanges hold. 1 MiB...64 GiB, default 64 MiB.
    public var maximumMemory: UInt64 = 64 << 20

    /// The defaults.
    public init() {}
}

extension CorrelateConfiguration: ConfigurationComponent {
    static let type = "correlate"
    static let summary = "Finds which exchange caused which. Runs with its defaults unless disabled; one per agent."
    static let laterKeys = ["value_echo", "echo_ignore"]
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
    ]
}
