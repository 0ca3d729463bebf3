/// An exporter with its name, `type` or `type/name`.
public enum ExporterConfiguration: Sendable, Equatable {
    /// OTLP over HTTP.
    case otlpHTTP(name: String, OTLPHTTPConfiguration)
    /// OTLP/JSON lines to a file.
    case file(name: String, FileExporterConfiguration)
    /// Trees for people.
    case debug(name: String)

    /// Its name, as pipelines and logs have it.
    public var name: String {
        switch self {
        case .otlpHTTP(let name, _), .file(let name, _), .debug(let name): name
        }
    }
}
