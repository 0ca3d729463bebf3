/// An OTLP/HTTP exporter: `otlp_http` of the Collector, with its names, meanings and defaults.
public struct OTLPHTTPSettings: Sendable {
    /// How bodies are compressed.
    public enum Compression: String, Sendable, CaseIterable {
        case gzip
        case none
    }

    /// `traces_endpoint`: the whole URL that requests go to, `http` or `https`.
    public var endpoint: String
    /// `headers`: sent with every request, beside those of the protocol.
    public var headers: [(name: String, value: String)] = []
    /// `compression`. Default gzip.
    public var compression = Compression.gzip
    /// `timeout`: most time for one attempt, connecting included, ns. Default 30 s (the environment's is 10 s).
    public var timeoutNanoseconds: UInt64 = 30_000_000_000
    /// `encoding`. Default protobuf.
    public var encoding = TelemetryEncoding.protobuf
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

/// TLS to a backend: `tls` of the Collector. It matters for `https` only.
public struct TLSSettings: Sendable {
    /// `ca_file`: PEM file of the authorities that may sign the backend's certificate. Nil: the system's.
    public var caFile: String?
    /// `cert_file`: PEM file of the certificate by which the backend knows us, with its chain.
    public var certFile: String?
    /// `key_file`: PEM file of its key.
    public var keyFile: String?
    /// `insecure_skip_verify`: takes any certificate. Default false.
    public var insecureSkipVerify = false

    /// The defaults.
    public init() {}
}

/// What to do when the backend does not take a request now: `retry_on_failure` of the Collector.
public struct RetrySettings: Sendable, Equatable {
    /// `enabled`. Default true.
    public var enabled = true
    /// `initial_interval`: wait before the second attempt, ns. Default 5 s.
    public var initialIntervalNanoseconds: UInt64 = 5_000_000_000
    /// `randomization_factor`: by what part of itself a wait may be shorter or longer, 0...1. Default 0.5.
    public var randomizationFactor = 0.5
    /// `multiplier`: by how much each wait is longer than the one before, at least 1. Default 1.5.
    public var multiplier = 1.5
    /// `max_interval`: longest wait, before it is randomised, ns. Default 30 s.
    public var maxIntervalNanoseconds: UInt64 = 30_000_000_000
    /// `max_elapsed_time`: no attempt begins later than this after the first, ns. 0: no limit. Default 300 s.
    public var maxElapsedTimeNanoseconds: UInt64 = 300_000_000_000

    /// The defaults.
    public init() {}
}
