/// An OTLP/HTTP exporter: `otlp_http` of the Collector, with its names, meanings and defaults.
public struct OTLPHTTPSettings: Sendable {
    /// How bodies are compressed.
    public typealias Compression = OTLP.Compression

    /// `traces_endpoint`, `metrics_endpoint` or `logs_endpoint`: the whole URL that requests go to, `http` or `https`.
    public var endpoint: String
    /// `headers`: sent with every request, beside those of the protocol.
    public var headers: [(name: String, value: String)] = []
    /// `compression`. Default gzip.
    public var compression = Compression.gzip
    /// `timeout`: most time for one attempt, connecting included, ns. Default 30 s (the environment's is 10 s).
    public var timeoutNanoseconds: UInt64 = 30_000_000_000
    /// `encoding`. Default protobuf.
    public var encoding = TelemetryEncoding.protobuf
    /// `proxy_url`: a proxy for all requests. Nil: as `http_proxy` and its like say.
    public var proxyURL: String?
    /// `tls`.
    public var tls = TLSSettings()
    /// `retry_on_failure`.
    public var retry = RetrySettings()
    /// `sending_queue`.
    public var queue = QueueSettings()

    /// The defaults.
    /// - Parameter endpoint: the whole URL that requests go to.
    public init(endpoint: String) { self.endpoint = endpoint }
}

extension OTLPHTTPSettings {
    /// Finds what cannot work before anything is sent, but for files.
    /// - Returns: the endpoint.
    func validate() throws -> URLParts {
        guard let parts = URLParts(endpoint) else {
            throw ExporterError("endpoint: a URL such as http://localhost:4318/v1/traces was expected")
        }
        guard ["http", "https"].contains(parts.scheme) else {
            throw ExporterError("endpoint: http or https was expected, not \(parts.scheme.printable())")
        }
        if let proxyURL, URLParts(proxyURL) == nil {
            throw ExporterError("proxy_url: a URL such as http://localhost:3128 was expected")
        }
        try RequestHeaders.validate(headers)
        try tls.validate()
        return parts
    }
}
