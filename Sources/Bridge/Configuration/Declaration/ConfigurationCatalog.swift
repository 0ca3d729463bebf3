/// Everything that a configuration can hold, in this version and in those to come.
enum ConfigurationCatalog {
    /// Groups of components.
    enum Group: String, CaseIterable {
        case receivers, processors, exporters, extensions

        /// The components of this version.
        var components: [ConfigurationComponentDescription] {
            switch self {
            case .receivers: [.init(EBPFReceiverConfiguration.self), .init(OTLPReceiverConfiguration.self)]
            case .processors:
                [
                    .init(CorrelateConfiguration.self), .init(MergeConfiguration.self),
                    .init(SampleConfiguration.self), .init(RedactConfiguration.self),
                    .init(BatchProcessorConfiguration.self), .init(MemoryLimiterConfiguration.self),
                ]
            case .exporters:
                [
                    .init(OTLPGRPCConfiguration.self), .init(OTLPHTTPConfiguration.self),
                    .init(FileExporterConfiguration.self), .init(DebugExporterConfiguration.self),
                ]
            case .extensions: [.init(FileStorageConfiguration.self)]
            }
        }

        /// The names of their types.
        var types: [String] {
            switch self {
            case .receivers: [EBPFReceiverConfiguration.type, OTLPReceiverConfiguration.type]
            case .processors:
                [
                    CorrelateConfiguration.type, MergeConfiguration.type, SampleConfiguration.type,
                    RedactConfiguration.type,
                    BatchProcessorConfiguration.type, MemoryLimiterConfiguration.type,
                ]
            case .exporters:
                [
                    OTLPGRPCConfiguration.type, OTLPHTTPConfiguration.type, FileExporterConfiguration.type,
                    DebugExporterConfiguration.type,
                ]
            case .extensions: [FileStorageConfiguration.type]
            }
        }

        /// Types that are documented, or known from the Collector, and come with a later version.
        var laterTypes: [String] {
            switch self {
            case .receivers, .exporters: []
            case .processors: []
            case .extensions:
                [
                    "health_check", "healthcheckv2", "pprof", "zpages", "basicauth", "bearertokenauth",
                    "oauth2client", "headers_setter", "memory_limiter",
                ]
            }
        }

        /// Names that types had before, or have in the Collector as well.
        var aliases: [String: String] {
            switch self {
            case .exporters: ["otlp": OTLPGRPCConfiguration.type, "otlphttp": OTLPHTTPConfiguration.type]
            case .receivers, .processors, .extensions: [:]
            }
        }

        /// What one of them is called, in an error.
        var singular: String { String(rawValue.dropLast()) }

        /// What it does, in one line.
        var summary: String {
            switch self {
            case .receivers: "Where spans come from."
            case .processors: "What is done with them."
            case .exporters: "Where they go."
            case .extensions: "What the others use."
            }
        }
    }

    /// Keys at the top that come with a later version.
    static let laterKeys = ["connectors"]
    /// Keys of `service`.
    static let serviceKeys = ["pipelines", "extensions", "state_directory", "identity", "routes", "telemetry"]
    /// Keys of `service` that come with a later version.
    static let laterServiceKeys: [String] = []
    /// Types of pipelines that come with a later version.
    static let laterPipelines = ["profiles"]

    /// What `service.state_directory` can be.
    static let stateDirectory = ConfigurationValueType.folder

    /// The keys at the top.
    static var root: [ConfigurationKeyDescription] {
        let groups = Group.allCases.map { group in
            ConfigurationKeyDescription(
                name: group.rawValue, summary: group.summary, shape: .components(group.components), defaultText: nil)
        }
        let service = ConfigurationKeyDescription(
            name: "service", summary: "How the parts are put together.",
            shape: .section(.init(keys: self.service, laterKeys: laterServiceKeys)), defaultText: nil)
        return groups + [service]
    }

    /// The keys of `service`.
    private static var service: [ConfigurationKeyDescription] {
        [
            .init(
                name: "pipelines", summary: "Which receivers feed which exporters.",
                shape: .components(PipelineConfiguration.descriptions), defaultText: nil),
            .init(
                name: "extensions", summary: "Extensions that are in use, by name; one that an exporter names is.",
                shape: .list(type: ConfigurationValueType.component(.extensions).name), defaultText: "[]"),
            .init(
                name: "state_directory", summary: "The folder in which the agent keeps what must outlive it.",
                shape: .value(type: stateDirectory.name),
                defaultText: YAMLWriter.flow(ConfigurationNode(.scalar(Configuration().stateDirectory), .builtIn))),
            .init(
                name: "identity", summary: "Who is asked whose spans they are.",
                shape: .section(IdentityConfiguration.sectionDescription), defaultText: nil),
            .init(
                name: "routes", summary: RouteList.summary, shape: .list(type: RouteList.typeName), defaultText: "[]"),
            .init(
                name: "telemetry", summary: "What the agent tells of itself.",
                shape: .section(TelemetryConfiguration.sectionDescription), defaultText: nil),
        ]
    }
}
