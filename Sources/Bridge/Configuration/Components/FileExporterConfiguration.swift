/// `exporters.file`: OTLP/JSON lines, as the OpenTelemetry Collector's file exporter writes them.
public struct FileExporterConfiguration: Sendable, Equatable {
    /// `path`: the file that is written. Must be given.
    public var path = ""
    /// `rotation`: when the file is renamed and a new one begun; nil for never.
    public var rotation: FileRotationConfiguration?

    /// Without a path yet.
    public init() {}
}

extension FileExporterConfiguration: ConfigurationComponent {
    static let type = "file"
    static let summary =
        "One `ExportTraceServiceRequest` as OTLP/JSON per line, as the Collector's file exporter. A file that is there is "
        + "appended to, whatever `append` says, and every request is written at once."
    static let laterKeys = ["encoding", "compression", "create_directory", "directory_permissions", "group_by"]
    static let ignoredKeys = ["append", "flush_interval"]
    static let keys: [ConfigurationKey<Self>] = [
        .value("path", \.path, .path, "The file that is written. Must be given."),
        .optionalSection("rotation", \.rotation, "When the file is renamed and a new one begun; without it never."),
        .fixed("format", to: "json", later: ["proto"], "What a line is."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if self.path.isEmpty {
            problems.add(path + ".path", origin, "expected the path of a file, there is no default")
        }
    }
}
