public import OTLP

/// The effective configuration of an agent: what the defaults, the file and the environment make together.
public struct Configuration: Sendable {
    /// Live capture, where ``usesCapture``.
    public var ebpf = EBPFReceiverConfiguration()
    /// The OTLP receivers that pipelines use, each once. No two listen at the same place.
    public var receivers: [OTLPReceiverConfiguration] = []
    /// Which exchange caused which.
    public var correlate = CorrelateConfiguration()
    /// Joining the traces that exist.
    public var merge = MergeConfiguration()
    /// Which traces leave; nil where contexts alone say so.
    public var sample: SampleConfiguration?
    /// What of the requests leaves.
    public var redact = RedactConfiguration()
    /// The exporters that pipelines use, each once. Empty when `OTEL_TRACES_EXPORTER` is `none`.
    public var exporters: [ExporterConfiguration] = []
    /// The folders in which queues of ``exporters`` lie, each once.
    public var storages: [FileStorageConfiguration] = []
    /// The pipelines, at least one; each names members of ``exporters``.
    public var pipelines: [PipelineConfiguration] = [.init()]
    /// `service.state_directory`: the folder in which the agent keeps what must outlive it. Default `/var/lib/interspan`.
    public var stateDirectory = "/var/lib/interspan"
    /// Who is asked whose spans they are.
    public var identity = IdentityConfiguration()
    /// `service.routes`: routes of HTTP beside those that are learned; the first that fits a path counts. Default none.
    public var routes: [RouteTemplate] = []
    /// What the agent tells of itself.
    public var telemetry = TelemetryConfiguration()
    /// Resource attributes of the agent itself (not of what it observes): `OTEL_RESOURCE_ATTRIBUTES` and
    /// `OTEL_SERVICE_NAME`, with `service.name` `interspan` when neither names it.
    public var agentResource: [(String, String)] = [("service.name", "interspan")]
    /// `OTEL_SDK_DISABLED`: nothing is exported, and the agent stays up.
    public var isDisabled = false

    /// The built-in defaults, without an exporter.
    public init() {}

    /// Whether any pipeline takes what is captured in the kernel.
    public var usesCapture: Bool {
        pipelines.contains { $0.signal == .traces && $0.receivers.contains(EBPFReceiverConfiguration.type) }
    }

    /// The names of the exporters that a signal of a receiver goes to, each once, in the order of the pipelines.
    ///
    /// Metrics and logs go by their own pipelines where there are any, and otherwise to the OTLP exporters of the
    /// receiver's pipelines of traces. None when ``isDisabled``.
    ///
    /// - Parameters:
    ///   - signal: What is sent.
    ///   - receiver: The receiver's name: `ebpf`, or one of ``receivers``.
    public func exporters(for signal: Signal, from receiver: String) -> [String] {
        guard !isDisabled else { return [] }
        let own = pipelines.filter { $0.signal == signal }
        let follows = own.isEmpty && signal != .traces
        let taking = (follows ? pipelines.filter { $0.signal == .traces } : own).filter {
            $0.receivers.contains(receiver)
        }
        let fit = Set(exporters.filter { signal == .traces || $0.isOTLP }.map(\.name))
        return taking.flatMap(\.exporters).reduce(into: []) { names, name in
            if fit.contains(name), !names.contains(name) { names.append(name) }
        }
    }

    /// The configuration as a file that gives the same. Secrets are masked: values of headers, passwords in URLs, texts of
    /// certificates.
    public var yaml: String {
        typealias Entry = ConfigurationNode.Entry
        func entry(_ key: String, _ value: ConfigurationNode) -> Entry {
            Entry(key: key, origin: .builtIn, value: value)
        }
        func mapping(_ entries: [Entry]) -> ConfigurationNode { ConfigurationNode(.mapping(entries), .builtIn) }
        let capture = usesCapture ? [entry(EBPFReceiverConfiguration.type, ebpf.node())] : []
        let processors =
            [
                entry(CorrelateConfiguration.type, correlate.node()), entry(MergeConfiguration.type, merge.node()),
                entry(RedactConfiguration.type, redact.node()),
            ] + (sample.map { [entry($0.name, $0.node())] } ?? [])
        let names = storages.map { ConfigurationNode(.scalar($0.name), .builtIn) }
        let service = [
            entry("pipelines", mapping(pipelines.map { entry($0.name, $0.node()) })),
            entry("extensions", ConfigurationNode(.sequence(names), .builtIn)),
            entry("state_directory", ConfigurationNode(.scalar(stateDirectory), .builtIn)),
            entry("identity", identity.node()),
            entry("routes", ConfigurationNode(.sequence(routes.map { .init(.scalar($0.text), .builtIn) }), .builtIn)),
            entry("telemetry", telemetry.node()),
        ]
        return YAMLWriter.text(
            mapping([
                entry("receivers", mapping(capture + receivers.map { entry($0.name, $0.node()) })),
                entry("processors", mapping(processors)),
                entry("exporters", mapping(exporters.map { entry($0.name, $0.node()) })),
                entry("extensions", mapping(storages.map { entry($0.name, $0.node()) })),
                entry("service", mapping(service)),
            ]))
    }
}
