internal import OTLP

/// Makes a ``Configuration`` of what the file says, once the environment was laid over it.
struct ConfigurationAssembly {
    typealias Catalog = ConfigurationCatalog

    /// Most exporters that may be in use: each has a thread and a queue. And most receivers.
    static let maximumComponents = 64

    let variables: StandardVariables
    var problems: ConfigurationProblems
    var sections = ConfigurationSections()
    /// What `service.extensions` lists.
    private(set) var listedExtensions: [(name: String, origin: ConfigurationNode.Origin)] = []

    init(variables: StandardVariables, problems: ConfigurationProblems) {
        self.variables = variables
        self.problems = problems
        for warning in variables.warnings { self.problems.warn(warning) }
    }

    /// The configuration; what is wrong is in ``problems`` afterwards.
    mutating func assemble(_ root: ConfigurationNode) -> Configuration {
        var configuration = Configuration()
        readTop(root)
        readService(root["service"], into: &configuration)
        resolveSingle(&configuration, root)
        resolveExporters(&configuration, root)
        resolveReceivers(&configuration, root)
        resolveTelemetry(configuration, root)
        resolveStorages(&configuration, root)
        configuration.isDisabled = variables.isDisabled
        for (key, value) in variables.resource {
            configuration.agentResource.removeAll { $0.0 == key }
            configuration.agentResource.append((key, value))
        }
        return configuration
    }

    private mutating func readTop(_ root: ConfigurationNode) {
        let keys = Catalog.Group.allCases.map(\.rawValue) + ["service"]
        guard let entries = root.entries else {
            problems.add("configuration", root.origin, "expected a mapping with " + keys.joined(separator: ", "))
            return
        }
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
            guard let name = ComponentName(entry.key, in: group) else {
                problems.add(path, entry.origin, "expected a name such as \(group.types[0]) or \(group.types[0])/name")
                continue
            }
            if let complaint = name.complaint(kind: group.singular, types: group.types, laterTypes: group.laterTypes) {
                problems.add(path, entry.origin, complaint)
                continue
            }
            var value = entry.value
            if case .empty = value.value { value.origin = entry.origin }
            sections.read(name, in: group, value, at: path, &problems)
        }
    }

    // MARK: service

    private mutating func readService(_ node: ConfigurationNode?, into configuration: inout Configuration) {
        guard let node else { return }
        guard let entries = node.entries else {
            problems.add(
                "service", node.origin, "expected a mapping with " + Catalog.serviceKeys.joined(separator: ", "))
            return
        }
        for entry in entries where !problems.isFull {
            switch entry.key {
            case "pipelines": readPipelines(entry.value, into: &configuration)
            case "extensions": readExtensions(entry.value)
            case "state_directory":
                if case .empty = entry.value.value { continue }
                let folder = Catalog.stateDirectory.read(entry.value, "service.state_directory", &problems)
                configuration.stateDirectory = folder ?? configuration.stateDirectory
            case "identity": configuration.identity.read(entry.value, at: "service.identity", &problems)
            case "routes": configuration.routes = RouteList.read(entry.value, "service.routes", &problems)
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
        let types = PipelineConfiguration.descriptions.map(\.type)
        var pipelines: [PipelineConfiguration] = []
        for entry in entries where !problems.isFull {
            let path = "service.pipelines." + entry.key
            guard let name = ComponentName(entry.key, in: nil) else {
                problems.add(path, entry.origin, "expected traces or traces/name")
                continue
            }
            guard let signal = Signal(pipelineType: name.type) else {
                let complaint = name.complaint(kind: "pipeline", types: types, laterTypes: Catalog.laterPipelines)
                problems.add(path, entry.origin, complaint ?? "unknown pipeline")
                continue
            }
            var pipeline = PipelineConfiguration(signal: signal)
            pipeline.name = name.text
            pipeline.read(entry.value, at: path, &problems)
            pipelines.append(pipeline)
        }
        if !pipelines.isEmpty { configuration.pipelines = pipelines }
    }

    private mutating func readExtensions(_ node: ConfigurationNode) {
        let path = "service.extensions"
        let type = ConfigurationValueType.component(.extensions)
        guard let items = node.items else {
            problems.add(path, node.origin, "expected a list, each of it \(type.expectation)")
            return
        }
        for item in items {
            guard let name = type.read(item, path, &problems) else { continue }
            listedExtensions.append((name, item.origin))
        }
    }
}
