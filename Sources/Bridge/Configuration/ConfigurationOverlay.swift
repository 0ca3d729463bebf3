/// Lays the environment over what the file says: the specification's variables, then `INTERSPAN_...`.
struct ConfigurationOverlay {
    let variables: StandardVariables
    var problems: ConfigurationProblems

    /// Resolves aliases, lays the standard variables and `INTERSPAN_...` over the file, and gives pipelines without
    /// exporters the one that the environment describes.
    mutating func apply(to root: inout ConfigurationNode, environment: [String: String]) {
        resolveAliases(&root)
        let sections = Set(root["exporters"]?.entries?.map(\.key) ?? [])
        for setting in variables.settings { root.set(setting.path[...], to: setting.node) }
        // Pipelines may be set by variables, so that is laid over the file before asking who names otlp_http.
        var overlaid = root
        var ignored = ConfigurationProblems()
        KeyVariables.apply(environment, to: &overlaid, &ignored)
        giveDefaultExporter(&root, overlaid, hasSection: sections.contains(OTLPHTTPConfiguration.type))
        KeyVariables.apply(environment, to: &root, &problems)
    }

    /// Gives `otlphttp` its name of today.
    private mutating func resolveAliases(_ root: inout ConfigurationNode) {
        guard case .mapping(var entries) = root["exporters"]?.value else { return }
        let keys = Set(entries.map(\.key))
        for index in entries.indices {
            guard let name = ComponentName(entries[index].key), name.text != entries[index].key else { continue }
            if keys.contains(name.text) {
                let message = "'\(name.text)' is its name of today and is given as well, expected one of the two"
                problems.add("exporters.\(entries[index].key)", entries[index].origin, message)
            } else {
                entries[index].key = name.text
            }
        }
        root.set(["exporters"], to: ConfigurationNode(.mapping(entries), root["exporters"]?.origin ?? .builtIn))
    }

    private mutating func giveDefaultExporter(
        _ root: inout ConfigurationNode, _ overlaid: ConfigurationNode, hasSection: Bool
    ) {
        let type = OTLPHTTPConfiguration.type
        let isNamed = overlaid.references(to: "exporters").contains { $0.text == type }
        let pipelines = overlaid["service", "pipelines"]?.entries ?? []
        let isWanted = pipelines.isEmpty || pipelines.contains { !$0.value.hasItems("exporters") }
        let describes = isWanted && variables.exporter == .otlpHTTP && !variables.isDisabled
        guard hasSection || isNamed || describes else { return }
        func set(_ path: [String], _ node: ConfigurationNode) {
            root.set((["exporters", type] + path)[...], to: node)
        }
        if !hasSection && !isNamed {
            // The specification's defaults, where the variables alone describe the exporter.
            set(["compression"], ConfigurationNode(.scalar("none"), .builtIn))
            set(["timeout"], ConfigurationNode(.scalar("10s"), .builtIn))
        }
        if variables.replacesTracesEndpoint { root.remove(["exporters", type, "traces_endpoint"]) }
        for setting in variables.exporterSettings { set(setting.path, setting.node) }
    }
}

extension ConfigurationNode {
    /// Whether a key below has a list with anything in it.
    fileprivate func hasItems(_ key: String) -> Bool {
        switch self[key]?.value {
        case .sequence(let items): !items.isEmpty
        case .scalar: true
        case .mapping, .empty, nil: false
        }
    }
}
