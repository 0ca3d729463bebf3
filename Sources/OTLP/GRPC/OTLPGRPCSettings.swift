/// An OTLP/gRPC exporter: `otlp_grpc` (`otlp`) of the Collector, with its names, meanings and defaults.
public struct OTLPGRPCSettings: Sendable {
    /// `endpoint`: `host:port` (with TLS unless ``TLSSettings/insecure``), `http://host:port` (without),
    /// `https://host:port` (with), or `dns:///host:port`, which is `host:port`. Unix sockets are not supported.
    public var endpoint: String
    /// `headers`: metadata of every request; names are sent in lower case, values of names in `-bin` as they are given.
    public var headers: [(name: String, value: String)] = []
    /// `authority`: what requests name as `:authority`. Nil: the name by which the backend's certificate is checked where
    /// that is overridden, else the endpoint's host and port.
    public var authority: String?
    /// `compression`. Default gzip.
    public var compression = Compression.gzip
    /// `timeout`: most time for one attempt, connecting included, ns; the backend is told. Default 5 s (the
    /// environment's is 10 s).
    public var timeoutNanoseconds: UInt64 = 5_000_000_000
    /// `tls`.
    public var tls = TLSSettings()
    /// `retry_on_failure`.
    public var retry = RetrySettings()
    /// `sending_queue`. ``BatchSettings/maxBytes`` is 3 MiB here: receivers refuse messages over 4 MiB by default.
    public var queue = QueueSettings()

    /// The defaults.
    /// - Parameter endpoint: see ``endpoint``.
    public init(endpoint: String) {
        self.endpoint = endpoint
        queue.batch.maxBytes = 3 << 20
    }
}
