/// Makes a ``Configuration`` of what the file says, once the environment was laid over it.
struct ConfigurationAssembly {
    private typealias Catalog = ConfigurationCatalog

    /// Most exporters that may be in use: each has a thread and a queue.
    static let maximumExporters = 64

    let variables: StandardVariables
    var problems: ConfigurationProblems
    private var ebpf: [String: EBPFReceiverConfiguration] = [:]
    private var correlate: [String: CorrelateConfiguration] = [:]
    private var merge: [String: MergeConfiguration] = [:]
    private var exporters: [String: ExporterConfiguration] = [:]
    /// Names of exporters in the order of the file.
    private var exporterNames: [String] = []

    init(variables: StandardVariables, problems: ConfigurationProblems) {
        self.variables = variables
        self.problems = problems
        for warning in variables.warnings { self.problems.warn(warning) }
    }

    // MARK: Reading

    /// The configuration; what is wrong is in ``problems`` afterwards.
    mutating func assemble(_ root: ConfigurationNode) -> Configuration {
        var configuration = Configuration()
        readTop(root)
        readService(root["service"], into: &configuration)
        resolveSingle(&configuration, root)
        resolveExporters(&configuration, root)
        configuration.isDisabled = variables.isDisabled
        for (key, value) in variables.resource {
            configuration.agentResource.removeAll { $0.0 == key }
            configuration.agentResource.append((key, value))
        }
        return configuration
    }

    private mutating func readTop(_ root: ConfigurationNode) {
        guard let entries = root.entries else {
            problems.add(
                "configuration", root.origin, "expected a mapping with receivers, processors, exporters, service")
            return
        }
        let keys = Catalog.Group.allCases.map(\.rawValue) + ["service"]
        for entry in entries where !problems.isFull {
            if let group = Catalog.Group(rawValue: entry.key) {
                readGroup(group, entry.value)
            } else if entry.key != "service" {
                refuse(entry, at: entry.key, among: keys, later: Catalog.laterKeys)
            }
        }
    }

    private mutating func refuse(
        _ entry: ConfigurationNode.Entry, at path: String, among keys: [String], later: [String]
    ) {
        let message = Suggestion.message(unknown: "key", entry.key, among: keys)
        problems.add(path, entry.origin, later.contains(entry.key) ? "not available in this version" : message)
    }

    private mutating func readGroup(_ group: Catalog.Group, _ node: ConfigurationNode) {
        guard let entries = node.entries else {
            problems.add(group.rawValue, node.origin, "expected a mapping of \(group.rawValue) by name")
            return
        }
        for entry in entries where !problems.isFull {
            let path = group.rawValue + "." + entry.key
            guard let name = ComponentName(entry.key) else {
                problems.add(path, entry.origin, "expected a name such as \(group.types[0]) or \(group.types[0])/name")
                continue
            }
            if let complaint = name.complaint(kind: group.singular, types: group.types, laterTypes: group.laterTypes) {
                problems.add(path, entry.origin, complaint)
                continue
            }
            var value = entry.value
            if case .empty = value.value { value.origin = entry.origin }
            readComponent(name, value, at: path)
        }
    }

    private mutating func readComponent(_ name: ComponentName, _ node: ConfigurationNode, at path: String) {
        switch name.type {
        case EBPFReceiverConfiguration.type: ebpf[name.text] = read(node, path)
        case CorrelateConfiguration.type: correlate[name.text] = read(node, path)
        case MergeConfiguration.type: merge[name.text] = read(node, path)
        case OTLPHTTPConfiguration.type: exporters[name.text] = .otlpHTTP(name: name.text, read(node, path))
        case FileExporterConfiguration.type: exporters[name.text] = .file(name: name.text, read(node, path))
        default:
            let _: DebugExporterConfiguration = read(node, path)
            exporters[name.text] = .debug(name: name.text)
        }
        if exporters[name.text] != nil { exporterNames.append(name.text) }
    }

    private mutating func read<Section: ConfigurationSection>(_ node: ConfigurationNode, _ path: String) -> Section {
        var section = Section()
        section.read(node, at: path, &problems)
        return section
    }

    private mutating func readService(_ node: ConfigurationNode?, into configuration: inout Configuration) {
        guard let node else { return }
        guard let entries = node.entries else {
            problems.add("service", node.origin, "expected a mapping with pipelines and telemetry")
            return
        }
        for entry in entries where !problems.isFull {
            switch entry.key {
            case "pipelines": readPipelines(entry.value, into: &configuration)
            case "telemetry": configuration.telemetry.read(entry.value, at: "service.telemetry", &problems)
            default:
                refuse(
                    entry, at: "service." + entry.key, among: Catalog.serviceKeys, later: Catalog.laterServiceKeys)
            }
        }
    }

    private mutating func readPipelines(_ node: ConfigurationNode, into configuration: inout Configuration) {
        guard let entries = node.entries else {
            problems.add("service.pipelines", node.origin, "expected a mapping of pipelines by name, such as traces")
            return
        }
        let types = [PipelineConfiguration.type]
        var pipelines: [PipelineConfiguration] = []
        for entry in entries where !problems.isFull {
            let path = "service.pipelines." + entry.key
            guard let name = ComponentName(entry.key) else {
                problems.add(path, entry.origin, "expected traces or traces/name")
                continue
            }
            if let complaint = name.complaint(kind: "pipeline", types: types, laterTypes: Catalog.laterPipelines) {
                problems.add(path, entry.origin, complaint)
                continue
            }
            var pipeline: PipelineConfiguration = read(entry.value, path)
            pipeline.name = name.text
            pipelines.append(pipeline)
        }
        if !pipelines.isEmpty { configuration.pipelines = pipelines }
    }

    // MARK: Putting together

    /// Settles on the one section of each component that exists once per agent.
    private mutating func resolveSingle(_ configuration: inout Configuration, _ root: ConfigurationNode) {
        configuration.ebpf = single(.receivers, ebpf, root)
        configuration.correlate = single(.processors, correlate, root)
        configuration.merge = single(.processors, merge, root)
        for index in configuration.pipelines.indices {
            configuration.pipelines[index].receivers = Self.types(configuration.pipelines[index].receivers)
            configuration.pipelines[index].processors = Self.types(configuration.pipelines[index].processors)
        }
    }

    /// The types of names, each once.
    private static func types(_ names: [String]) -> [String] {
        names.reduce(into: []) { types, name in
            let type = ComponentName(name)?.type ?? name
            if !types.contains(type) { types.append(type) }
        }
    }

    private mutating func single<Component: ConfigurationComponent>(
        _ group: Catalog.Group, _ sections: [String: Component], _ root: ConfigurationNode
    ) -> Component {
        let named = root.references(to: group.rawValue).filter { ComponentName($0.text)?.type == Component.type }
        let message = "expected one \(Component.type), since it exists once per agent"
        if let first = named.first {
            if let other = named.first(where: { $0.text != first.text }) {
                problems.add("service.pipelines", other.origin, message + ", found '\(first.text)' and '\(other.text)'")
            }
            return sections[first.text] ?? Component()
        }
        if let bare = sections[Component.type] { return bare }
        if sections.count > 1 {
            let origin = root[group.rawValue]?.origin ?? .builtIn
            problems.add(group.rawValue, origin, message + ", found " + sections.keys.sorted().joined(separator: ", "))
        }
        return sections.first?.value ?? Component()
    }

    /// Gives pipelines without exporters the one that the environment describes, and collects those that are used.
    private mutating func resolveExporters(_ configuration: inout Configuration, _ root: ConfigurationNode) {
        for index in configuration.pipelines.indices where configuration.pipelines[index].exporters.isEmpty {
            configuration.pipelines[index].exporters = environmentExporter()
        }
        let references = root.references(to: "exporters").map { ($0.text, $0.origin) }
        let origins = Dictionary(references, uniquingKeysWith: { first, _ in first })
        for name in configuration.pipelines.flatMap(\.exporters) where exporters[name] == nil {
            guard let parsed = ComponentName(name) else { continue }
            readComponent(parsed, ConfigurationNode(.empty, origins[name] ?? .builtIn), at: "exporters." + name)
        }
        let used = Set(configuration.pipelines.flatMap(\.exporters))
        if used.count > Self.maximumExporters {
            let origin = root["service"]?.origin ?? .builtIn
            problems.add("service.pipelines", origin, "expected at most \(Self.maximumExporters) exporters in all")
        }
        configuration.exporters = exporterNames.filter(used.contains).compactMap { exporters[$0] }
        for name in exporterNames where !used.contains(name) {
            problems.warn("exporters.\(name): no pipeline names it, nothing is sent there")
        }
        if variables.replacesTracesEndpoint || !variables.exporterSettings.isEmpty,
            case .grpc(let name) = variables.exporter,
            used.contains(OTLPHTTPConfiguration.type)
        {
            problems.warn("\(name): grpc is not available in this version, \(OTLPHTTPConfiguration.type) speaks HTTP")
        }
    }

    private mutating func environmentExporter() -> [String] {
        guard !variables.isDisabled else { return [] }
        switch variables.exporter {
        case .otlpHTTP: return [OTLPHTTPConfiguration.type]
        case .console: return [DebugExporterConfiguration.type]
        case .none: return []
        case .grpc(let name):
            let message = "gRPC is not available in this version, expected http/protobuf or http/json"
            // Several pipelines without exporters are one mistake.
            if !problems.errors.contains(where: { $0.path == name }) { problems.add(name, .environment(name), message) }
            return []
        }
    }
}
