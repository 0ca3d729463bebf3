/// `otlp`: how the agent's own metrics are sent, in the terms of OpenTelemetry's declarative configuration, which the Collector
/// takes for its own.
public struct MetricsExporterConfiguration: Sendable, Equatable {
    /// What is spoken.
    public enum WireProtocol: String, Sendable, CaseIterable {
        case http = "http/protobuf"
        case json = "http/json"
        case grpc
    }

    /// Of request bodies.
    public enum Compression: String, Sendable, CaseIterable {
        case none
        case gzip
    }

    /// `protocol`: what is spoken. Default http/protobuf.
    public var `protocol` = WireProtocol.http
    /// `endpoint`: where. Of a URL without a path, `/v1/metrics` is asked.
    public var endpoint: String?
    /// `headers`: sent with every request. Secret.
    public var headers: [ConfigurationHeader] = []
    /// `compression`: of request bodies. Default none.
    public var compression = Compression.none
    /// `timeout`: of one request, ms. 1...3600000, default 10000.
    public var timeout: UInt32 = 10_000
    /// `insecure`: plain text for a gRPC endpoint without a scheme. Default false.
    public var isInsecure = false
    /// `certificate`: PEM file of the authorities that may sign the server's certificate.
    public var certificate: String?
    /// `client_certificate`: PEM file of our certificate.
    public var clientCertificate: String?
    /// `client_key`: PEM file of its key.
    public var clientKey: String?

    /// The defaults.
    public init() {}
}

extension MetricsExporterConfiguration: ConfigurationSection {
    static let laterKeys = ["headers_list"]
    /// Sums and histograms are cumulative, with the bounds that they have.
    static let ignoredKeys = ["temporality_preference", "default_histogram_aggregation"]
    static let keys: [ConfigurationKey<Self>] = [
        .value("protocol", \.protocol, .choice(), "What is spoken."),
        .optional(
            "endpoint", \.endpoint, .metricsEndpoint,
            "Where: a URL, with `/v1/metrics` where it has no path; for gRPC also `host:port`."),
        .headers("headers", \.headers, "Sent with every request. Their values are secret."),
        .value("compression", \.compression, .choice(), "Of request bodies."),
        .value("timeout", \.timeout, .integer(1...3_600_000), "Of one request, ms."),
        .value("insecure", \.isInsecure, .boolean, "Plain text for a gRPC endpoint without a scheme."),
        .optional(
            "certificate", \.certificate, .path,
            "PEM file of the authorities that may sign the server's certificate; without it the system's."),
        .optional("client_certificate", \.clientCertificate, .path, "PEM file of our certificate; needs a key."),
        .optional("client_key", \.clientKey, .path, "PEM file of our certificate's key; needs a certificate."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        let isWrong = problems.errors.contains { $0.path == path + ".endpoint" }
        if endpoint == nil, !isWrong { problems.add(path, origin, "expected an endpoint") }
        if let endpoint, `protocol` != .grpc, HTTPURL(endpoint) == nil {
            problems.add(path + ".endpoint", origin, "expected a URL such as http://localhost:4318")
        }
        if let endpoint, `protocol` == .grpc, GRPCEndpoint(endpoint) == nil {
            problems.add(
                path + ".endpoint", origin, "expected an endpoint such as localhost:4317 or http://localhost:4317")
        }
        if (clientCertificate == nil) != (clientKey == nil) {
            problems.add(path, origin, "expected client_certificate and client_key, not one of them")
        }
    }

    /// The same as an exporter of spans has it: a small queue, since the next metrics say what these would have said.
    func exporter(_ name: String) -> ExporterConfiguration {
        var tls = TLSConfiguration()
        (tls.isInsecure, tls.caFile) = (isInsecure, certificate)
        (tls.certificateFile, tls.keyFile) = (clientCertificate, clientKey)
        var queue = SendingQueueConfiguration()
        (queue.size, queue.consumers) = (4, 1)
        let timeout = UInt64(timeout) * 1_000_000
        if `protocol` == .grpc {
            var section = OTLPGRPCConfiguration()
            section.endpoint = endpoint ?? section.endpoint
            (section.headers, section.compression) = (headers, compression == .gzip ? .gzip : .none)
            (section.timeout, section.tls, section.queue) = (timeout, tls, queue)
            return .otlpGRPC(name: name, section)
        }
        var section = OTLPHTTPConfiguration()
        section.metricsEndpoint = endpoint.flatMap { Self.hasPath($0) ? $0 : nil }
        section.endpoint = endpoint ?? section.endpoint
        section.encoding = `protocol` == .json ? .json : .proto
        (section.headers, section.compression) = (headers, compression == .gzip ? .gzip : .none)
        (section.timeout, section.tls, section.queue) = (timeout, tls, queue)
        return .otlpHTTP(name: name, section)
    }

    /// Whether anything but a slash follows a URL's host.
    private static func hasPath(_ url: String) -> Bool {
        guard let host = url.firstRange(of: "://") else { return false }
        guard let slash = url[host.upperBound...].firstIndex(of: "/") else { return false }
        return url.index(after: slash) < url.endIndex
    }
}

extension ConfigurationValueType<String> {
    /// A URL, or an endpoint of gRPC.
    fileprivate static var metricsEndpoint: Self {
        .init(name: "URL or endpoint", expectation: "a URL such as http://localhost:4318, or host:port") { text in
            HTTPURL(text) != nil || GRPCEndpoint(text) != nil ? text : nil
        } format: {
            $0
        }
    }
}
