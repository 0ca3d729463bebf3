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
        write(.init(PipelineConfiguration.self), below: ["service", "pipelines"], into: &text)
        text += "\n#### `service.telemetry`\n\nWhat the agent tells of itself.\n\n"
        table(TelemetryConfiguration.description, below: ["service", "telemetry"], into: &text)
        text += "\n## Not available in this version\n\n" + ConfigurationReferenceText.later
        for (place, keys) in later where !keys.isEmpty {
            text += "- \(place): " + keys.map { "`\($0)`" }.joined(separator: ", ") + "\n"
        }
        text += "\n## The OpenTelemetry variables\n\n" + ConfigurationReferenceText.variables
        return text
    }

    private static var later: [(String, [String])] {
        let groups = ConfigurationCatalog.Group.allCases.map { ("`\($0.rawValue)`", $0.laterTypes) }
        return [("top level", ConfigurationCatalog.laterKeys)] + groups + [
            ("`receivers.ebpf`", EBPFReceiverConfiguration.laterKeys),
            ("`processors.correlate`", CorrelateConfiguration.laterKeys),
            ("`processors.merge`", MergeConfiguration.laterKeys),
            ("`processors.merge.propagators`", MergeConfiguration.laterPropagators),
            ("`exporters.otlp_http`", OTLPHTTPConfiguration.laterKeys),
            ("`exporters.otlp_http.tls`", TLSConfiguration.laterKeys),
            ("`exporters.otlp_http.sending_queue`", SendingQueueConfiguration.laterKeys),
            ("`exporters.otlp_http.sending_queue.batch`", BatchConfiguration.laterKeys),
            ("`exporters.file`", FileExporterConfiguration.laterKeys),
            ("`exporters.debug`", DebugExporterConfiguration.laterKeys),
            ("`service`", ConfigurationCatalog.laterServiceKeys),
            ("`service.pipelines`", ConfigurationCatalog.laterPipelines),
            ("`service.telemetry`", TelemetryConfiguration.laterKeys),
            ("`service.telemetry.logs`", LogsConfiguration.laterKeys),
        ]
    }

    private static func write(
        _ component: ConfigurationComponentDescription, below path: [String], into text: inout String
    ) {
        let path = path + [component.type]
        text += "\n#### `\(path.joined(separator: "."))`\n\n\(component.summary)\n"
        guard !component.keys.isEmpty else {
            text += "\nIt has no keys.\n"
            return
        }
        text += "\n"
        table(component.keys, below: path, into: &text)
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
            case .section(let children, _):
                rows(children, prefix: prefix + key.name + ".", below: path + [key.name], into: &text)
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
