/// `docs/configuration.md`, made from the declarations that configurations are read by.
public enum ConfigurationReference {
    /// The whole document, as Markdown.
    public static var markdown: String {
        var text = ConfigurationReferenceText.introduction
        text += "\n## Keys\n"
        for group in ConfigurationCatalog.Group.allCases {
            text += "\n### `\(group.rawValue)`\n\n\(group.summary)\n"
            for component in group.components { write(component, below: [group.rawValue], into: &text) }
        }
        text += "\n### `service`\n\nHow the parts are put together.\n"
        for pipeline in PipelineConfiguration.descriptions {
            write(pipeline, below: ["service", "pipelines"], into: &text)
        }
        text += "\n#### The rest of `service`\n\n"
        let service = ConfigurationCatalog.root.filter { $0.name == "service" }
        table(
            keys(of: service[0]).filter { ["extensions", "state_directory", "routes"].contains($0.name) },
            below: ["service"],
            into: &text)
        text += "\n#### `service.identity`\n\nWho is asked whose spans they are, beside what /proc tells.\n\n"
        table(IdentityConfiguration.sectionDescription.keys, below: ["service", "identity"], into: &text)
        text += "\n#### `service.telemetry`\n\nWhat the agent tells of itself.\n\n"
        let telemetry = TelemetryConfiguration.sectionDescription.keys
        table(telemetry, below: ["service", "telemetry"], into: &text)
        for case (let name, .section(let section)) in telemetry.map({ ($0.name, $0.shape) }) {
            writeLists(section.keys, at: "service.telemetry.\(name)", into: &text)
        }
        let without = KeysWithoutEffect.all
        text += "\n## Accepted without effect\n\n" + ConfigurationReferenceText.ignored
        list(without.ignored, into: &text)
        text += "\n## Not available in this version\n\n" + ConfigurationReferenceText.later
        list(without.later, into: &text)
        text += "\n## The OpenTelemetry variables\n\n" + ConfigurationReferenceText.variables
        return text
    }

    private static func keys(of key: ConfigurationKeyDescription) -> [ConfigurationKeyDescription] {
        if case .section(let section) = key.shape { section.keys } else { [] }
    }

    private static func list(_ places: [(String, [String])], into text: inout String) {
        for (place, keys) in places {
            text += "- \(place): " + keys.map { "`\($0)`" }.joined(separator: ", ") + "\n"
        }
    }

    private static func write(
        _ component: ConfigurationComponentDescription, below path: [String], into text: inout String
    ) {
        let path = path + [component.type]
        text += "\n#### `\(path.joined(separator: "."))`\n\n\(component.summary)\n"
        guard !component.section.keys.isEmpty else {
            text += "\nIt has no keys.\n"
            return
        }
        text += "\n"
        table(component.section.keys, below: path, into: &text)
        writeLists(component.section.keys, at: path.joined(separator: "."), into: &text)
    }

    /// The keys of what lists hold; lists of the same share a table.
    private static func writeLists(_ keys: [ConfigurationKeyDescription], at path: String, into text: inout String) {
        var lists: [(names: [String], keys: [ConfigurationKeyDescription])] = []
        for key in keys {
            guard case .sections(let section) = key.shape else { continue }
            if let last = lists.indices.last, lists[last].keys.map(\.name) == section.keys.map(\.name) {
                lists[last].names.append(key.name)
            } else {
                lists.append(([key.name], section.keys))
            }
        }
        for list in lists {
            let names = list.names.map { "`\(path).\($0)`" }.joined(separator: " and of ")
            text += "\nEach item of \(names):\n\n| key | type | meaning |\n|---|---|---|\n"
            items(list.keys, prefix: "", into: &text)
        }
    }

    private static func items(_ keys: [ConfigurationKeyDescription], prefix: String, into text: inout String) {
        for key in keys {
            text += "| `\(prefix)\(key.name)` | \(type(of: key.shape)) | \(key.summary) |\n"
            if case .section(let section) = key.shape {
                items(section.keys, prefix: prefix + key.name + ".", into: &text)
            }
        }
    }

    /// What can stand behind a key, in words.
    private static func type(of shape: ConfigurationKeyDescription.Shape) -> String {
        switch shape {
        case .value(let name): name
        case .list(let name): "list of " + name
        case .sections: "list of mappings, below"
        case .headers: "headers by name"
        case .section, .components: "mapping"
        }
    }

    private static func table(_ keys: [ConfigurationKeyDescription], below path: [String], into text: inout String) {
        text += "| key | type | default | meaning | environment variable |\n|---|---|---|---|---|\n"
        rows(keys, prefix: "", below: path, into: &text)
    }

    private static func rows(
        _ keys: [ConfigurationKeyDescription], prefix: String, below path: [String], into text: inout String
    ) {
        for key in keys {
            switch key.shape {
            case .section(let section):
                rows(section.keys, prefix: prefix + key.name + ".", below: path + [key.name], into: &text)
                continue
            case .components: continue
            case .value, .list, .sections, .headers: break
            }
            let standard = key.defaultText.map { $0.isEmpty || $0 == "\"\"" ? "" : "`\($0)`" } ?? ""
            let variable = KeyVariables.name(of: path + [key.name])
            let type = type(of: key.shape)
            text += "| `\(prefix)\(key.name)` | \(type) | \(standard) | \(key.summary) | `\(variable)` |\n"
        }
    }
}
