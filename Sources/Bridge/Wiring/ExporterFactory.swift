internal import Logging
internal import OTLP

/// Makes exporters of what the configuration says of them.
struct ExporterFactory {
    /// Where exporters say what people should know.
    let logger: Logger
    /// Whether whoever hands over spans waits for room in a full queue (a replay) or has them refused (live capture).
    let blocksOnOverflow: Bool

    /// The exporter of a section for one signal. `file` and `debug` take traces alone, whatever the signal.
    func exporter(
        _ section: ExporterConfiguration, _ signal: Signal, _ configuration: Configuration
    ) -> any Exporter {
        switch section {
        case .otlpGRPC(let name, let section):
            var settings = OTLPGRPCSettings(section, configuration)
            settings.queue.blockOnOverflow = blocksOnOverflow || section.queue.blocksOnOverflow
            return OTLPGRPCExporter(name: name, signal: signal, settings: settings, log: log(name))
        case .otlpHTTP(let name, let section):
            var settings = OTLPHTTPSettings(section, signal, configuration)
            settings.queue.blockOnOverflow = blocksOnOverflow || section.queue.blocksOnOverflow
            return OTLPHTTPExporter(name: name, signal: signal, settings: settings, log: log(name))
        case .file(let name, let section):
            return file(name: name, FileSettings(section))
        case .debug(let name):
            var settings = DebugSettings()
            settings.queue.blockOnOverflow = blocksOnOverflow
            return DebugExporter(name: name, settings: settings, log: log(name))
        }
    }

    /// OTLP/JSON lines to a file, or to stdout for `-`.
    func file(name: String = "file", path: String) -> any Exporter { file(name: name, FileSettings(path: path)) }

    private func file(name: String, _ settings: FileSettings) -> any Exporter {
        var settings = settings
        settings.queue.blockOnOverflow = blocksOnOverflow
        return FileExporter(name: name, settings: settings, log: log(name))
    }

    private func log(_ name: String) -> ExporterLog {
        ExporterLog { [logger] in logger.warning("\($0)", metadata: ["exporter": "\(name)"]) }
    }
}
