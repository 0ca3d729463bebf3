/// `exporters.otlp_grpc`: OTLP over gRPC, with the OpenTelemetry Collector's keys, meanings and defaults.
public struct OTLPGRPCConfiguration: Sendable, Equatable {
    /// How messages are compressed.
    public enum Compression: String, Sendable, CaseIterable {
        /// `grpc-encoding: gzip`.
        case gzip
        /// Not at all.
        case none
    }

    /// `endpoint`: `host:port`, `dns:///host:port`, `http://host:port` or `https://host:port`. Default
    /// `http://localhost:4317` (the Collector has none).
    public var endpoint = "http://localhost:4317"
    /// `headers`: metadata of every request. Their values are secret.
    public var headers: [ConfigurationHeader] = []
    /// `authority`: what is sent as `:authority` instead of the endpoint's host and port.
    public var authority: String?
    /// `compression`: of messages. Default gzip in a file, none when variables alone describe the exporter.
    public var compression = Compression.gzip
    /// `timeout`: of one request, in ns. 1 ms...1 h, default 5 s, or 10 s when variables alone describe the exporter.
    public var timeout: UInt64 = 5_000_000_000
    /// `tls`: how TLS is spoken, and without a scheme in ``endpoint`` whether it is.
    public var tls = TLSConfiguration()
    /// `retry_on_failure`: what happens to a request that failed and may be sent again.
    public var retry = RetryConfiguration()
    /// `sending_queue`: what waits to be sent, and how it is put together.
    public var queue = SendingQueueConfiguration()

    /// The defaults.
    public init() {}

    /// The host and port to connect to.
    public var address: HostPort {
        // A bad endpoint never gets here, it is refused when it is read.
        GRPCEndpoint(endpoint)?.address ?? HostPort(host: "localhost", port: 4317)
    }

    /// Whether TLS is spoken: with `https://`, never with `http://`, and otherwise unless `insecure` is true and no CA is
    /// given.
    public var usesTLS: Bool {
        switch GRPCEndpoint(endpoint)?.scheme {
        case .http, nil: false
        case .https?: true
        case .some(.none): !tls.isInsecure || tls.hasCA
        }
    }
}

extension OTLPGRPCConfiguration: ConfigurationComponent {
    static let type = "otlp_grpc"
    static let summary = "OTLP over gRPC. `otlp` is accepted as its name too."
    static let laterKeys = ["auth", "middlewares", "batcher"]
    static let ignoredKeys = [
        "keepalive", "read_buffer_size", "write_buffer_size", "wait_for_ready", "balancer_name", "user_agent",
    ]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "endpoint", \.endpoint, .grpcEndpoint,
            "`host:port`, also with `dns:///`, speaks TLS unless `tls.insecure` is true; `http://` never does, `https://` "
                + "always."),
        .headers("headers", \.headers, "Metadata of every request. Their values are secret."),
        .optional(
            "authority", \.authority, .host("a host, perhaps with a port"),
            "Sent as `:authority` instead of the endpoint's host and port."),
        .value(
            "compression", \.compression, .choice(later: OTLPHTTPConfiguration.laterCompression),
            "Of messages; `none` when variables alone describe the exporter."),
        .value(
            "timeout", \.timeout, .requestTimeout,
            "Of one request, 0 is as 1h; 10s when variables alone describe the exporter."),
        .section("tls", \.tls, "How TLS is spoken, and without a scheme in `endpoint` whether it is."),
        .section("retry_on_failure", \.retry, "What happens to a request that failed and may be sent again."),
        .section("sending_queue", \.queue, "What waits to be sent, and how it is put together."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if tls.hasMaterial, GRPCEndpoint(endpoint)?.scheme == .http {
            problems.warn(path + ".tls", origin, "has no effect, since http:// is plain text")
        }
    }
}
