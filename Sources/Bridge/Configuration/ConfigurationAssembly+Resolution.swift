internal import OTLP

/// Putting together what was read: which sections are in use, and whether they go together.
extension ConfigurationAssembly {
    /// Settles on the one section of each component that exists once per agent.
    mutating func resolveSingle(_ configuration: inout Configuration, _ root: ConfigurationNode) {
        configuration.ebpf = single(.receivers, sections.ebpf, root)
        configuration.correlate = single(.processors, sections.correlate, root)
        configuration.merge = single(.processors, sections.merge, root)
        configuration.redact = single(.processors, sections.redact, root)
        for index in configuration.pipelines.indices {
            let pipeline = configuration.pipelines[index]
            configuration.pipelines[index].receivers = Self.unique(pipeline.receivers) { name in
                name.type == EBPFReceiverConfiguration.type ? name.type : name.text
            }
            // What `batch` sets was put into the exporters' sections, and `memory_limiter` does nothing.
            configuration.pipelines[index].processors = Self.unique(pipeline.processors) { name in
                if name.type == SampleConfiguration.type { return name.text }
                return [CorrelateConfiguration.type, MergeConfiguration.type, RedactConfiguration.type]
                    .contains(name.type) ? name.type : nil
            }
        }
        resolveSampling(&configuration, root)
        let usesCapture = configuration.usesCapture
        for name in sections.ebpf.keys.sorted() where !usesCapture {
            problems.warn("receivers.\(name): no pipeline names it, nothing is captured")
        }
    }

    /// Names as a rule has them, each once.
    private static func unique(_ names: [String], _ rule: (ComponentName) -> String?) -> [String] {
        names.reduce(into: []) { kept, name in
            guard let name = ComponentName(name, in: nil).flatMap(rule), !kept.contains(name) else { return }
            kept.append(name)
        }
    }

    private mutating func single<Component: ConfigurationComponent>(
        _ group: Catalog.Group, _ sections: [String: Component], _ root: ConfigurationNode
    ) -> Component {
        let named = root.references(to: group).filter { ComponentName($0.text, in: group)?.type == Component.type }
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
    mutating func resolveExporters(_ configuration: inout Configuration, _ root: ConfigurationNode) {
        for index in configuration.pipelines.indices where configuration.pipelines[index].exporters.isEmpty {
            configuration.pipelines[index].exporters = environmentExporter(for: configuration.pipelines[index])
        }
        let used = Self.unique(configuration.pipelines.flatMap(\.exporters), \.text)
        readMissing(.exporters, used.filter { sections.exporters[$0] == nil }, root)
        if used.count > Self.maximumComponents {
            let origin = root["service"]?.origin ?? .builtIn
            problems.add("service.pipelines", origin, "expected at most \(Self.maximumComponents) exporters in all")
        }
        configuration.exporters = sections.exporterNames.filter(used.contains).compactMap { sections.exporters[$0] }
        for name in sections.exporterNames where !used.contains(name) {
            problems.warn("exporters.\(name): no pipeline names it, nothing is sent there")
        }
    }

    private func environmentExporter(for pipeline: PipelineConfiguration) -> [String] {
        guard !variables.isDisabled, let type = variables.exporter.type else { return [] }
        // Metrics and logs are passed on as OTLP or not at all.
        return pipeline.signal == .traces || type != DebugExporterConfiguration.type ? [type] : []
    }

    /// Gives components that pipelines name without a section their defaults.
    private mutating func readMissing(_ group: Catalog.Group, _ names: [String], _ root: ConfigurationNode) {
        let references = root.references(to: group).map { ($0.text, $0.origin) }
        let origins = Dictionary(references, uniquingKeysWith: { first, _ in first })
        for text in names {
            guard let name = ComponentName(text, in: group) else { continue }
            let node = ConfigurationNode(.empty, origins[text] ?? .builtIn)
            sections.read(name, in: group, node, at: group.rawValue + "." + text, &problems)
        }
    }

    /// Collects the OTLP receivers that pipelines name; no two may listen at the same place.
    mutating func resolveReceivers(_ configuration: inout Configuration, _ root: ConfigurationNode) {
        let used = Self.unique(configuration.pipelines.flatMap(\.receivers)) { name in
            name.type == OTLPReceiverConfiguration.type ? name.text : nil
        }
        readMissing(.receivers, used.filter { sections.receivers[$0] == nil }, root)
        configuration.receivers = sections.receiverNames.filter(used.contains).compactMap { sections.receivers[$0] }
        for name in sections.receiverNames where !used.contains(name) {
            problems.warn("receivers.\(name): no pipeline names it, it does not listen")
        }
        if used.count > Self.maximumComponents {
            let origin = root["service"]?.origin ?? .builtIn
            problems.add("service.pipelines", origin, "expected at most \(Self.maximumComponents) receivers in all")
            return
        }
        var taken: [(path: String, address: HostPort)] = []
        for receiver in configuration.receivers {
            for (key, address) in receiver.endpoints {
                let path = (["receivers", receiver.name] + key).joined(separator: ".")
                if let other = taken.first(where: { $0.address.collides(with: address) }) {
                    let origin = root.origin(nearest: ["receivers", receiver.name] + key)
                    problems.add(path, origin, "expected an address of its own, \(other.path) listens there as well")
                }
                taken.append((path, address))
            }
        }
    }

    /// Collects the storages that exporters' queues name.
    mutating func resolveStorages(_ configuration: inout Configuration, _ root: ConfigurationNode) {
        for (name, origin) in listedExtensions where sections.storages[name] == nil {
            problems.add("service.extensions", origin, undefined(name))
        }
        var used: [String] = []
        for exporter in configuration.exporters {
            guard let storage = exporter.storage else { continue }
            let path = ["exporters", exporter.name, "sending_queue", "storage"]
            guard sections.storages[storage] != nil else {
                problems.add(path.joined(separator: "."), root.origin(nearest: path), undefined(storage))
                continue
            }
            if !used.contains(storage) { used.append(storage) }
        }
        configuration.storages = sections.storageNames.filter(used.contains).compactMap { sections.storages[$0] }
        for name in used where !listedExtensions.contains(where: { $0.name == name }) {
            problems.warn("service.extensions: \(name) is not among them, and in use since an exporter names it")
        }
        for name in sections.storageNames where !used.contains(name) {
            problems.warn("extensions.\(name): no exporter names it, nothing is stored there")
        }
    }

    private func undefined(_ name: String) -> String {
        let nearest = Suggestion.nearest(to: name, among: sections.storageNames)
        let hint = nearest.map { ", did you mean '\($0)'?" } ?? ""
        return "expected an extension that is defined below extensions, found '\(name)'\(hint)"
    }
}

extension ConfigurationNode {
    /// Where a key was written, or that of the keys above it which was.
    func origin(nearest path: [String]) -> Origin {
        var node = self
        var origin = node.origin
        for key in path {
            guard let entry = node.entries?.first(where: { $0.key == key }) else { break }
            node = entry.value
            if entry.origin != .builtIn { origin = entry.origin }
        }
        return origin
    }
}
