/// `service.pipelines.traces[/name]`: what a pipeline is made of, by name.
public struct PipelineConfiguration: Sendable, Equatable {
    /// Its name, `traces` or `traces/name`.
    public var name = "traces"
    /// `receivers`: where spans come from. Default `[ebpf]`.
    public var receivers = [EBPFReceiverConfiguration.type]
    /// `processors`: what is done with them. `correlate` and `merge` always run. Default none more.
    public var processors: [String] = []
    /// `exporters`: where they go. Default the one that `OTEL_TRACES_EXPORTER` and its relatives describe.
    public var exporters: [String] = []

    /// The defaults.
    public init() {}
}

extension PipelineConfiguration: ConfigurationComponent {
    static let type = "traces"
    static let summary = "A pipeline of spans."
    static let keys: [ConfigurationKey<Self>] = [
        .list("receivers", \.receivers, of: .component(.receivers), "Where spans come from, by name."),
        .list(
            "processors", \.processors, of: .component(.processors),
            "What is done with them; `correlate` and `merge` run whether named or not."),
        .list(
            "exporters", \.exporters, of: .component(.exporters),
            "Where they go; without any, to the one exporter that the `OTEL_*` variables describe."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if receivers.isEmpty {
            problems.add(path + ".receivers", origin, "expected at least one receiver, such as ebpf")
        }
        if Set(exporters).count < exporters.count {
            problems.add(path + ".exporters", origin, "expected each exporter once")
        }
    }
}
