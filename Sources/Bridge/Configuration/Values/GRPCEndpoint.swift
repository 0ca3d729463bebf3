/// Where a gRPC server is, as the Collector's `otlp_grpc` exporter and the OpenTelemetry variables write it: `host:port`,
/// `dns:///host:port`, `http://host:port` or `https://host:port`, IPv6 addresses in brackets.
struct GRPCEndpoint {
    /// What stands before the host.
    enum Scheme {
        /// Nothing, or `dns:`: `tls` says whether TLS is spoken.
        case none
        /// `http://`: plain text.
        case http
        /// `https://`: TLS.
        case https
    }

    /// What stands before the host.
    let scheme: Scheme
    /// Where to connect to.
    let address: HostPort
    /// What stands behind the port of a URL, perhaps empty: gRPC has paths of its own.
    let path: String

    /// Takes a text apart; nil when it is no endpoint. Without a port a URL has that of its scheme.
    init?(_ text: String) {
        guard text.utf8.count <= 4096, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        let lower = text.lowercased()
        for (prefix, scheme, port) in [
            ("http://", Scheme.http, UInt16(80)), ("https://", .https, 443),
        ] where lower.hasPrefix(prefix) {
            let authority = text.dropFirst(prefix.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            let hasPort = authority.last != "]" && authority.contains(":")
            guard let address = HostPort(hasPort ? String(authority) : authority + ":\(port)") else { return nil }
            self.scheme = scheme
            self.address = address
            path = String(text[authority.endIndex...])
            guard !address.host.isEmpty, address.port > 0 else { return nil }
            return
        }
        let dns = ["dns:///", "dns://"].first(where: lower.hasPrefix) ?? ""
        guard let address = HostPort(text.dropFirst(dns.count)), !address.host.isEmpty, address.port > 0 else {
            return nil
        }
        scheme = .none
        self.address = address
        path = ""
    }
}

extension ConfigurationValueType<String> {
    /// Where a gRPC server is. A path is refused, since it would do nothing.
    static var grpcEndpoint: Self {
        let expectation = "an endpoint such as localhost:4317 or http://localhost:4317"
        return .init(name: "endpoint", expectation: expectation) { text in
            guard let endpoint = GRPCEndpoint(text), endpoint.path.isEmpty || endpoint.path == "/" else { return nil }
            return text
        } format: {
            $0
        }
    }
}
