/// An exporter with its name, `type` or `type/name`.
public enum ExporterConfiguration: Sendable, Equatable {
    /// OTLP over gRPC.
    case otlpGRPC(name: String, OTLPGRPCConfiguration)
    /// OTLP over HTTP.
    case otlpHTTP(name: String, OTLPHTTPConfiguration)
    /// OTLP/JSON lines to a file.
    case file(name: String, FileExporterConfiguration)
    /// Trees for people.
    case debug(name: String)

    /// Its name, as pipelines and logs have it.
    public var name: String {
        switch self {
        case .otlpGRPC(let name, _), .otlpHTTP(let name, _), .file(let name, _), .debug(let name): name
        }
    }

    /// Its queue; nil where there is none to configure.
    public var queue: SendingQueueConfiguration? {
        switch self {
        case .otlpGRPC(_, let section): section.queue
        case .otlpHTTP(_, let section): section.queue
        case .file, .debug: nil
        }
    }

    /// The name of the extension in which its queue lies; nil for memory.
    public var storage: String? { queue.flatMap { $0.isEnabled ? $0.storage : nil } }

    /// Whether it speaks OTLP, and so takes every signal rather than traces alone.
    public var isOTLP: Bool { queue != nil }

    /// The section as it would be written.
    func node() -> ConfigurationNode {
        switch self {
        case .otlpGRPC(_, let section): section.node()
        case .otlpHTTP(_, let section): section.node()
        case .file(_, let section): section.node()
        case .debug: DebugExporterConfiguration().node()
        }
    }
}
