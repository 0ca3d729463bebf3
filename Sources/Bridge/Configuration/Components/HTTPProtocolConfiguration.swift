public import OTLP

/// `protocols.http` of an OTLP receiver.
public struct HTTPProtocolConfiguration: Sendable, Equatable {
    /// `endpoint`: where it listens. Default `127.0.0.1:4318`.
    public var endpoint = "127.0.0.1:4318"
    /// `max_request_body_size`: most bytes of a body, unpacked; 0 is the default. Up to 1 GiB, default 4 MiB (the
    /// Collector's is 20).
    public var maximumBodySize: UInt64 = 4 << 20
    /// `traces_url_path`: where spans are taken. Default `/v1/traces`.
    public var tracesPath = "/v1/traces"
    /// `metrics_url_path`: where metrics are taken. Default `/v1/metrics`.
    public var metricsPath = "/v1/metrics"
    /// `logs_url_path`: where log records are taken. Default `/v1/logs`.
    public var logsPath = "/v1/logs"
    /// `tls`: how TLS is spoken; nil for plain text.
    public var tls: ServerTLSConfiguration?

    /// The defaults.
    public init() {}

    /// Where it listens, taken apart.
    public var address: HostPort {
        // A bad endpoint never gets here, it is refused when it is read.
        HostPort(endpoint) ?? HostPort(host: "127.0.0.1", port: 4318)
    }

    /// Most bytes of a body, unpacked.
    public var maximumBodyBytes: Int {
        Int(clamping: maximumBodySize == 0 ? Self().maximumBodySize : maximumBodySize)
    }

    /// Where a signal is taken.
    public func path(for signal: Signal) -> String {
        switch signal {
        case .traces: tracesPath
        case .metrics: metricsPath
        case .logs: logsPath
        }
    }
}

extension HTTPProtocolConfiguration: ConfigurationSection {
    static let laterKeys = ["auth", "cors", "middlewares"]
    static let ignoredKeys = [
        "include_metadata", "response_headers", "compression_algorithms", "read_timeout", "read_header_timeout",
        "write_timeout", "idle_timeout", "keep_alives_enabled", "profiles_url_path",
    ]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "endpoint", \.endpoint, .listenAddress, "Where it listens; `0.0.0.0:4318` for every address of the host."),
        .fixed("transport", to: "tcp", later: ["tcp4", "tcp6", "unix"], "The transport below it."),
        .value(
            "max_request_body_size", \.maximumBodySize, .byteSize(0...1 << 30),
            "Most bytes of a body, unpacked; 0 is the default."),
        .value("traces_url_path", \.tracesPath, .urlPath, "Where spans are taken."),
        .value("metrics_url_path", \.metricsPath, .urlPath, "Where metrics are taken."),
        .value("logs_url_path", \.logsPath, .urlPath, "Where log records are taken."),
        .optionalSection("tls", \.tls, "How TLS is spoken; without it plain text."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if Set([tracesPath, metricsPath, logsPath]).count < 3 {
            problems.add(path, origin, "expected three different paths for traces, metrics and logs")
        }
    }
}
