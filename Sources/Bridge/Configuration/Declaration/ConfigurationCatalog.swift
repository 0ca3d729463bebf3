/// Everything that a configuration can hold, in this version and in those to come.
enum ConfigurationCatalog {
    /// Groups of components.
    enum Group: String, CaseIterable {
        case receivers, processors, exporters

        /// The components of this version.
        var components: [ConfigurationComponentDescription] {
            switch self {
            case .receivers: [.init(EBPFReceiverConfiguration.self)]
            case .processors: [.init(CorrelateConfiguration.self), .init(MergeConfiguration.self)]
            case .exporters:
                [
                    .init(OTLPHTTPConfiguration.self), .init(FileExporterConfiguration.self),
                    .init(DebugExporterConfiguration.self),
                ]
            }
        }

        /// The names of their types.
        var types: [String] {
            switch self {
            case .receivers: [EBPFReceiverConfiguration.type]
            case .processors: [CorrelateConfiguration.type, MergeConfiguration.type]
            case .exporters:
                [OTLPHTTPConfiguration.type, FileExporterConfiguration.type, DebugExporterConfiguration.type]
            }
        }

        /// Types that are documented and come with a later version.
        var laterTypes: [String] {
            switch self {
            case .receivers: ["otlp"]
            case .processors: ["sample", "redact", "batch"]
            case .exporters: ["otlp_grpc", "otlp"]
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
            }
        }
    }

    /// Keys at the top that come with a later version.
    static let laterKeys = ["extensions", "connectors"]
    /// Keys of `service`.
    static let serviceKeys = ["pipelines", "telemetry"]
    /// Keys of `service` that come with a later version.
    static let laterServiceKeys = ["extensions", "state_directory", "routes"]
    /// Types of pipelines that come with a later version.
    static let laterPipelines = ["metrics", "logs", "profiles"]

    /// The keys at the top.
    static var root: [ConfigurationKeyDescription] {
        let groups = Group.allCases.map { group in
            ConfigurationKeyDescription(
                name: group.rawValue, summary: group.summary, shape: .components(group.components), defaultText: nil)
        }
        let pipelines = ConfigurationKeyDescription(
            name: "pipelines", summary: "Which receivers feed which exporters.",
            shape: .components([.init(PipelineConfiguration.self)]), defaultText: nil)
        let telemetry = ConfigurationKeyDescription(
            name: "telemetry", summary: "What the agent tells of itself.",
            shape: .section(TelemetryConfiguration.description, later: TelemetryConfiguration.laterKeys),
            defaultText: nil)
        let service = ConfigurationKeyDescription(
            name: "service", summary: "How the parts are put together.",
            shape: .section([pipelines, telemetry], later: laterServiceKeys), defaultText: nil)
        return groups + [service]
    }
}

/// A component's name: `type` or `type/name`.
struct ComponentName: Hashable {
    /// The type, aliases resolved.
    let type: String
    /// The whole name, aliases resolved.
    let text: String

    /// A name; nil when a part of it is missing or it has white space.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard !text.isEmpty, text.utf8.count <= 256, parts.allSatisfy({ !$0.isEmpty }),
            !text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 32 })
        else { return nil }
        type = parts[0] == "otlphttp" ? OTLPHTTPConfiguration.type : String(parts[0])
        self.text = parts.count == 1 ? type : type + "/" + parts[1]
    }

    /// What is wrong with it as a name of a type among those of this version; nil when nothing is.
    func complaint(kind: String, types: [String], laterTypes: [String]) -> String? {
        if types.contains(type) { return nil }
        if laterTypes.contains(type) { return "\(kind) '\(type)' is not available in this version" }
        return Suggestion.message(unknown: kind, type, among: types)
    }
}

extension ConfigurationValueType<String> {
    /// The name of a component of a group.
    static func component(_ group: ConfigurationCatalog.Group) -> Self {
        let types = group.types
        let expectation = "one of \(types.joined(separator: ", ")), each also with /name"
        return .init(name: "\(group.singular)'s name", expectation: expectation, later: group.laterTypes) { text in
            ComponentName(text).flatMap { types.contains($0.type) ? $0.text : nil }
        } format: {
            $0
        }
    }
}
