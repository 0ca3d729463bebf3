/// What all requests of an exporter have in common, in libcurl's terms.
struct RequestOptions: Sendable {
    /// How HTTP is spoken.
    enum Version: Sendable {
        /// HTTP/1.1, one request after the other on a connection.
        case http1
        /// HTTP/2, agreed by ALPN, many requests on one connection.
        case http2OverTLS
        /// HTTP/2 from the first byte, without TLS.
        case http2Plain
    }

    /// Where requests go. With ``TLSSettings/serverNameOverride`` its host is that name.
    var url: String
    /// Where to connect if that is elsewhere: `::host:port` (CURLOPT_CONNECT_TO(3)).
    var connectTo: String?
    /// How HTTP is spoken.
    var version = Version.http1
    /// Lines of the header, without their ends. One that ends in `:` keeps libcurl from sending that header.
    var headers: [String] = []
    /// Most time for one attempt, connecting included, ns.
    var timeoutNanoseconds: UInt64 = 30_000_000_000
    /// A proxy for all requests, rather than those of the environment.
    var proxy: String?
    /// TLS but for the certificates and keys, which may change.
    var tls = TLSSettings()

    /// Options for requests to a URL.
    init(url: String) { self.url = url }

    /// The header line of a name and a value: a semicolon is libcurl's way to say that there is no value.
    static func header(_ name: String, _ value: String) -> String { value.isEmpty ? "\(name);" : "\(name): \(value)" }
}
