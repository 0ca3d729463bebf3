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
            keys(of: service[0]).filter { ["extensions", "state_directory"].contains($0.name) }, below: ["service"],
            into: &text)
        text += "\n#### `service.telemetry`\n\nWhat the agent tells of itself.\n\n"
        table(TelemetryConfiguration.sectionDescription.keys, below: ["service", "telemetry"], into: &text)
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
    }

    private static func table(_ keys: [ConfigurationKeyDescription], below path: [String], into text: inout String) {
        text += "| key | type | default | meaning | environment variable |\n|---|---|---|---|---|\n"
        rows(keys, prefix: "", below: path, into: &text)
    }

    private static func rows(
        _ keys: [ConfigurationKeyDescription], prefix: String, below path: [String], into text: inout String
    ) {
        for key in keys {
            let type: String
            switch key.shape {
            case .section(let section):
                rows(section.keys, prefix: prefix + key.name + ".", below: path + [key.name], into: &text)
                continue
            case .components: continue
            case .value(let name): type = name
            case .list(let name): type = "list of " + name
            case .headers: type = "headers by name"
            }
            let standard = key.defaultText.map { $0.isEmpty || $0 == "\"\"" ? "" : "`\($0)`" } ?? ""
            let variable = KeyVariables.name(of: path + [key.name])
            text += "| `\(prefix)\(key.name)` | \(type) | \(standard) | \(key.summary) | `\(variable)` |\n"
        }
    }
}
