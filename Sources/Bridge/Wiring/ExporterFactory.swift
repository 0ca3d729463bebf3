internal import Logging
internal import OTLP

/// Makes exporters of what the configuration says of them.
struct ExporterFactory {
    /// Where exporters say what people should know.
    let logger: Logger
    /// Whether whoever hands over spans waits for room in a full queue (a replay) or has them refused (live capture).
    let blocksOnOverflow: Bool

    /// The exporters that pipelines name.
    func exporters(of configuration: Configuration) -> [any SpanExporter] {
        configuration.activeExporters.compactMap { exporter -> (any SpanExporter)? in
            switch exporter {
            case .otlpGRPC(let name, _):
                logger.error("OTLP over gRPC is not spoken yet, nothing is sent", metadata: ["exporter": "\(name)"])
                return nil
            case .otlpHTTP(let name, let section):
                var settings = OTLPHTTPSettings(section)
                settings.queue.blockOnOverflow = blocksOnOverflow || section.queue.blocksOnOverflow
                return OTLPHTTPExporter(name: name, settings: settings, log: log(name))
            case .file(let name, let section):
                return file(name: name, path: section.path)
            case .debug(let name):
                var settings = DebugSettings()
                settings.queue.blockOnOverflow = blocksOnOverflow
                return DebugExporter(name: name, settings: settings, log: log(name))
            }
        }
    }

    /// OTLP/JSON lines to a file, or to stdout for `-`.
    func file(name: String = "file", path: String) -> any SpanExporter {
        var settings = FileSettings(path: path)
        settings.queue.blockOnOverflow = blocksOnOverflow
        return FileExporter(name: name, settings: settings, log: log(name))
    }

    private func log(_ name: String) -> ExporterLog {
        ExporterLog { [logger] in logger.warning("\($0)", metadata: ["exporter": "\(name)"]) }
    }
}

extension OTLPHTTPSettings {
    /// What the section says, in the exporter's own terms.
    init(_ section: OTLPHTTPConfiguration) {
        self.init(endpoint: section.url(for: .traces))
        headers = section.headers.map { ($0.name, $0.value) }
        compression = section.compression == .gzip ? .gzip : .none
        timeoutNanoseconds = section.timeout
        encoding = section.encoding == .json ? .json : .protobuf
        tls.caFile = section.tls.caFile
        tls.certFile = section.tls.certificateFile
        tls.keyFile = section.tls.keyFile
        tls.insecureSkipVerify = section.tls.skipsVerification
        retry.enabled = section.retry.isEnabled
        retry.initialIntervalNanoseconds = section.retry.initialInterval
        retry.maxIntervalNanoseconds = section.retry.maximumInterval
        retry.maxElapsedTimeNanoseconds = section.retry.maximumElapsedTime
        retry.multiplier = section.retry.multiplier
        retry.randomizationFactor = section.retry.randomizationFactor
        queue.size = Int(clamping: section.queue.size)
        queue.sizer =
            switch section.queue.sizer {
            case .requests: .requests
            case .items: .items
            case .bytes: .bytes
            }
        queue.consumers = Int(section.queue.consumers)
        queue.batch.flushTimeoutNanoseconds = section.queue.batch.flushTimeout
        queue.batch.minSize = max(1, Int(section.queue.batch.minimumSize))
        queue.batch.maxSize = Int(section.queue.batch.maximumSize)
    }
}
