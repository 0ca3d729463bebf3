internal import Logging
internal import OTLP

/// Makes exporters of what the configuration says of them.
enum ExporterFactory {
    /// The exporters that pipelines name.
    static func exporters(of configuration: Configuration, logger: Logger) -> [any SpanExporter] {
        configuration.activeExporters.map { exporter -> any SpanExporter in
            switch exporter {
            case .otlpHTTP(let name, let section):
                OTLPHTTPExporter(name: name, settings: OTLPHTTPSettings(section), log: log(name, logger))
            case .file(let name, let section):
                FileExporter(name: name, path: section.path, log: log(name, logger))
            case .debug(let name):
                DebugExporter(name: name, log: log(name, logger))
            }
        }
    }

    /// OTLP/JSON lines to a file, or to stdout for `-`.
    static func file(path: String, logger: Logger) -> any SpanExporter {
        FileExporter(name: "file", path: path, log: log("file", logger))
    }

    private static func log(_ name: String, _ logger: Logger) -> ExporterLog {
        ExporterLog { logger.warning("\($0)", metadata: ["exporter": "\(name)"]) }
    }
}

extension OTLPHTTPSettings {
    /// What the section says, in the exporter's own terms.
    init(_ section: OTLPHTTPConfiguration) {
        self.init(endpoint: section.tracesURL)
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
        queue.size = Int(section.queue.size)
        queue.sizer = section.queue.sizer == .items ? .items : .requests
        queue.batch.flushTimeoutNanoseconds = section.queue.batch.flushTimeout
        queue.batch.minSize = Int(section.queue.batch.minimumSize)
        queue.batch.maxSize = Int(section.queue.batch.maximumSize)
    }
}
