/// The effective configuration of an agent: what the defaults, the file and the environment make together.
public struct Configuration: Sendable {
    /// Live capture.
    public var ebpf = EBPFReceiverConfiguration()
    /// Which exchange caused which.
    public var correlate = CorrelateConfiguration()
    /// Joining the traces that exist.
    public var merge = MergeConfiguration()
    /// The exporters that pipelines use, each once. Empty when `OTEL_TRACES_EXPORTER` is `none`.
    public var exporters: [ExporterConfiguration] = []
    /// The pipelines, at least one; each names members of ``exporters``.
    public var pipelines: [PipelineConfiguration] = [.init()]
    /// What the agent tells of itself.
    public var telemetry = TelemetryConfiguration()
    /// Resource attributes of the agent itself (not of what it observes): `OTEL_RESOURCE_ATTRIBUTES` and
    /// `OTEL_SERVICE_NAME`, with `service.name` `interspan` when neither names it.
    public var agentResource: [(String, String)] = [("service.name", "interspan")]
    /// `OTEL_SDK_DISABLED`: nothing is exported, and the agent stays up.
    public var isDisabled = false

    /// The built-in defaults, without an exporter.
    public init() {}

    /// The configuration as a file that gives the same. Secrets are masked: values of headers, passwords in URLs.
    public var yaml: String {
        typealias Entry = ConfigurationNode.Entry
        func entry(_ key: String, _ value: ConfigurationNode) -> Entry {
            Entry(key: key, origin: .builtIn, value: value)
        }
        func mapping(_ entries: [Entry]) -> ConfigurationNode { ConfigurationNode(.mapping(entries), .builtIn) }
        let exporters = exporters.map { exporter in
            switch exporter {
            case .otlpHTTP(let name, let section): entry(name, section.node())
            case .file(let name, let section): entry(name, section.node())
            case .debug(let name): entry(name, DebugExporterConfiguration().node())
            }
        }
        let service = [
            entry("pipelines", mapping(pipelines.map { entry($0.name, $0.node()) })),
            entry("telemetry", telemetry.node()),
        ]
        return YAMLWriter.text(
            mapping([
                entry("receivers", mapping([entry(EBPFReceiverConfiguration.type, ebpf.node())])),
                entry(
                    "processors",
                    mapping([
                        entry(CorrelateConfiguration.type, correlate.node()),
                        entry(MergeConfiguration.type, merge.node()),
                    ])), entry("exporters", mapping(exporters)), entry("service", mapping(service)),
            ]))
    }
}
