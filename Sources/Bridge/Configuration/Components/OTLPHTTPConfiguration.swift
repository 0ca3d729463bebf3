public import OTLP

/// `exporters.otlp_http`: OTLP over HTTP, with the OpenTelemetry Collector's keys, meanings and defaults.
public struct OTLPHTTPConfiguration: Sendable, Equatable {
    /// How request bodies are compressed.
    public enum Compression: String, Sendable, CaseIterable {
        /// `Content-Encoding: gzip`.
        case gzip
        /// Not at all.
        case none
    }

    /// How spans are encoded.
    public enum Encoding: String, Sendable, CaseIterable {
        /// `application/x-protobuf`.
        case proto
        /// `application/json`.
        case json
    }

    /// `endpoint`: the base URL, to which `v1/traces`, `v1/metrics` or `v1/logs` is added. Default `http://localhost:4318`.
    public var endpoint = "http://localhost:4318"
    /// `traces_endpoint`: the whole URL for spans, used as it is; wins over ``endpoint``.
    public var tracesEndpoint: String?
    /// `metrics_endpoint`: the whole URL for metrics, used as it is; wins over ``endpoint``.
    public var metricsEndpoint: String?
    /// `logs_endpoint`: the whole URL for log records, used as it is; wins over ``endpoint``.
    public var logsEndpoint: String?
    /// `proxy_url`: the proxy that requests go through; a password in it is secret. Default none but what libcurl's own
    /// variables (`https_proxy`) name.
    public var proxyURL: String?
    /// `headers`: sent with every request. Their values are secret.
    public var headers: [ConfigurationHeader] = []
    /// `compression`: of request bodies. Default gzip in a file, none when variables alone describe the exporter.
    public var compression = Compression.gzip
    /// `timeout`: of one request, in ns. 1 ms...1 h, default 30 s, or 10 s when variables alone describe the exporter.
    public var timeout: UInt64 = 30_000_000_000
    /// `encoding`: of what this agent makes; what it received leaves as protobuf. Default proto.
    public var encoding = Encoding.proto
    /// `tls`: how `https` is spoken.
    public var tls = TLSConfiguration()
    /// `retry_on_failure`: what happens to a request that failed and may be sent again.
    public var retry = RetryConfiguration()
    /// `sending_queue`: what waits to be sent, and how it is put together.
    public var queue = SendingQueueConfiguration()

    /// The defaults.
    public init() {}

    /// Where a signal goes: its own endpoint as it is, else ``endpoint`` and the signal's path, without a double slash.
    public func url(for signal: Signal) -> String {
        let own =
            switch signal {
            case .traces: tracesEndpoint
            case .metrics: metricsEndpoint
            case .logs: logsEndpoint
            }
        return own ?? HTTPURL(endpoint)?.appending("\(signal.path)") ?? endpoint
    }
}

extension OTLPHTTPConfiguration: ConfigurationComponent {
    static let type = "otlp_http"
    static let summary = "OTLP over HTTP. `otlphttp` is accepted as its name too."
    static let laterKeys = ["auth", "cookies", "middlewares", "batcher"]
    static let ignoredKeys = [
        "read_buffer_size", "write_buffer_size", "max_idle_conns", "max_idle_conns_per_host", "max_conns_per_host",
        "idle_conn_timeout", "disable_keep_alives", "http2_read_idle_timeout", "http2_ping_timeout",
        "force_attempt_http2", "compression_params", "profiles_endpoint",
    ]
    static let laterCompression = ["zstd", "snappy", "zlib", "deflate", "lz4"]
    static let keys: [ConfigurationKey<Self>] = [
        .value("endpoint", \.endpoint, .url, "The base URL; `/v1/traces`, `/v1/metrics` or `/v1/logs` is added."),
        .optional(
            "traces_endpoint", \.tracesEndpoint, .url, "The whole URL, used as it is; wins over `endpoint`."),
        .optional("metrics_endpoint", \.metricsEndpoint, .url, "The same for metrics."),
        .optional("logs_endpoint", \.logsEndpoint, .url, "The same for log records."),
        .optional("proxy_url", \.proxyURL, .url, "The proxy that requests go through."),
        .headers("headers", \.headers, "Sent with every request. Their values are secret."),
        .value(
            "compression", \.compression, .choice(later: laterCompression),
            "Of request bodies; `none` when variables alone describe the exporter."),
        .value(
            "timeout", \.timeout, .requestTimeout,
            "Of one request, 0 is as 1h; 10s when variables alone describe the exporter."),
        .value("encoding", \.encoding, .choice(), "Of spans: protobuf or OTLP/JSON."),
        .section("tls", \.tls, "How `https` is spoken."),
        .section("retry_on_failure", \.retry, "What happens to a request that failed and may be sent again."),
        .section("sending_queue", \.queue, "What waits to be sent, and how it is put together."),
    ]
}
