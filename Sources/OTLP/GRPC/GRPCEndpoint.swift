/// Where a gRPC endpoint is, in any of the forms that it is written in
/// (https://github.com/grpc/grpc/blob/master/doc/naming.md, and the URLs of `OTEL_EXPORTER_OTLP_ENDPOINT`).
struct GRPCEndpoint: Equatable {
    /// The host; an IPv6 address in brackets.
    var host: String
    /// The port.
    var port: String
    /// Whether it is spoken to with TLS.
    var isSecure: Bool

    /// Reads an endpoint.
    /// - Parameter insecure: whether one that names no scheme is spoken to without TLS.
    /// - Throws: ``ExporterError``.
    init(_ text: String, insecure: Bool) throws {
        let expected = "endpoint: host:port, http://host:port or https://host:port was expected"
        var rest = text[...]
        isSecure = !insecure
        if rest.hasPrefix("http://") {
            isSecure = false
            rest = rest.dropFirst("http://".count)
        } else if rest.hasPrefix("https://") {
            isSecure = true
            rest = rest.dropFirst("https://".count)
        } else if rest.hasPrefix("dns:") {
            rest = rest.dropFirst("dns:".count)
            if rest.hasPrefix("//") {
                guard rest.hasPrefix("///") else { throw ExporterError("endpoint: dns: with a server of its own") }
                rest = rest.dropFirst(3)
            }
        } else if rest.hasPrefix("unix:") || rest.hasPrefix("unix-abstract:") {
            throw ExporterError("endpoint: unix sockets are not supported")
        } else if rest.contains("://") {
            throw ExporterError(expected)
        }
        guard !rest.isEmpty, let parts = URLParts("https://\(rest)"), parts.isPlain, parts.path == "/" else {
            throw ExporterError(expected)
        }
        guard let port = parts.port else { throw ExporterError("endpoint: no port, such as in localhost:4317") }
        host = parts.host
        self.port = port
    }

    /// The URL of a method.
    func url(_ method: StaticString) -> String { "\(isSecure ? "https" : "http")://\(host):\(port)\(method)" }
}
