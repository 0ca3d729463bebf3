/// Lays the environment over what the file says: the specification's variables, then `INTERSPAN_...`.
struct ConfigurationOverlay {
    let variables: StandardVariables
    var problems: ConfigurationProblems

    /// Resolves aliases, lays the standard variables and `INTERSPAN_...` over the file, and gives pipelines without
    /// exporters the one that the environment describes.
    mutating func apply(to root: inout ConfigurationNode, environment: [String: String]) {
        resolveAliases(&root)
        for setting in variables.settings { root.set(setting.path[...], to: setting.node) }
        setPropagators(in: &root)
        // Pipelines may be set by variables, so that is laid over the file before asking who names an exporter.
        var overlaid = root
        var ignored = ConfigurationProblems()
        KeyVariables.apply(environment, to: &overlaid, &ignored)
        let sections = Set(root["exporters"]?.entries?.map(\.key) ?? [])
        for (type, section) in [
            (OTLPHTTPConfiguration.type, variables.http), (OTLPGRPCConfiguration.type, variables.grpc),
        ] {
            set(section, below: type, in: &root, overlaid, hasSection: sections.contains(type))
        }
        KeyVariables.apply(environment, to: &root, &problems)
    }

    /// Gives `otlp` and `otlphttp` their names of today.
    private mutating func resolveAliases(_ root: inout ConfigurationNode) {
        guard case .mapping(var entries) = root["exporters"]?.value else { return }
        let keys = Set(entries.map(\.key))
        for index in entries.indices {
            let written = entries[index].key
            guard let name = ComponentName(written, in: .exporters), name.text != written else { continue }
            if keys.contains(name.text) {
                let message = "'\(name.text)' is its name of today and is given as well, expected one of the two"
                problems.add("exporters.\(written)", entries[index].origin, message)
            } else {
                entries[index].key = name.text
            }
        }
        root.set(["exporters"], to: ConfigurationNode(.mapping(entries), root["exporters"]?.origin ?? .builtIn))
    }

    /// Lays `OTEL_PROPAGATORS` over `merge`, whatever its name is.
    private func setPropagators(in root: inout ConfigurationNode) {
        guard let node = variables.propagators else { return }
        let written = root["processors"]?.entries?.map(\.key) ?? []
        let names = (written + root.references(to: .processors).map(\.text)).filter { name in
            ComponentName(name, in: .processors)?.type == MergeConfiguration.type
        }
        for name in names.isEmpty ? [MergeConfiguration.type] : names {
            root.set(["processors", name, "propagators"], to: node)
        }
    }

    /// Lays what the variables say of a type of exporters over the section of that name, where it is in use.
    private mutating func set(
        _ section: StandardVariables.Section, below type: String, in root: inout ConfigurationNode,
        _ overlaid: ConfigurationNode, hasSection: Bool
    ) {
        let isNamed = overlaid.references(to: .exporters).contains { $0.text == type }
        let pipelines = overlaid["service", "pipelines"]?.entries ?? []
        let isWanted = pipelines.isEmpty || pipelines.contains { !$0.value.hasItems("exporters") }
        let describes = isWanted && variables.exporter.type == type && !variables.isDisabled
        guard hasSection || isNamed || describes else { return }
        func set(_ path: [String], _ node: ConfigurationNode) {
            root.set((["exporters", type] + path)[...], to: node)
        }
        if !hasSection && !isNamed {
            // The specification's defaults, where the variables alone describe the exporter.
            set(["compression"], ConfigurationNode(.scalar("none"), .builtIn))
            set(["timeout"], ConfigurationNode(.scalar("10s"), .builtIn))
        }
        for key in section.replaced { root.remove(["exporters", type, key]) }
        for setting in section.settings {
            // A certificate of a variable is a file, in the place of one that the file holds itself.
            if setting.path.first == "tls", let key = setting.path.last, key.hasSuffix("_file") {
                root.remove(["exporters", type, "tls", key.dropLast("file".count) + "pem"])
            }
            set(setting.path, setting.node)
        }
        for warning in section.warnings { problems.warn(warning) }
        if let name = variables.protocolVariable, [.otlpHTTP, .otlpGRPC].contains(variables.exporter),
            variables.exporter.type != type
        {
            problems.warn("\(name): has no effect on \(type), which is named whatever the protocol")
        }
    }
}

extension ConfigurationNode {
    /// Whether a key below has a list with anything in it.
    func hasItems(_ key: String) -> Bool {
        switch self[key]?.value {
        case .sequence(let items): !items.isEmpty
        case .scalar: true
        case .mapping, .empty, nil: false
        }
    }
}
