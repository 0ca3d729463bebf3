/// `exporters.file`: OTLP/JSON lines, as the OpenTelemetry Collector's file exporter writes them.
public struct FileExporterConfiguration: Sendable, Equatable {
    /// `path`: the file that is written. Must be given.
    public var path = ""

    /// Without a path yet.
    public init() {}
}

extension FileExporterConfiguration: ConfigurationComponent {
    static let type = "file"
    static let summary = "One `ExportTraceServiceRequest` as OTLP/JSON per line, as the Collector's file exporter."
    static let laterKeys = [
        "rotation", "format", "encoding", "append", "compression", "flush_interval", "create_directory", "group_by",
        "directory_permissions",
    ]
    static let keys: [ConfigurationKey<Self>] = [
        .value("path", \.path, .path, "The file that is written. Must be given.")
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if self.path.isEmpty {
            problems.add(path + ".path", origin, "expected the path of a file, there is no default")
        }
    }
}
