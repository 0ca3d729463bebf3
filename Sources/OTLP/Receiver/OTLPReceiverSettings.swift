/// An OTLP receiver: `otlp` of the Collector, with its names and meanings. Each protocol that is there is served at an
/// address of its own.
public struct OTLPReceiverSettings: Sendable {
    /// `protocols.grpc`. Nil: not served.
    public var grpc: GRPC?
    /// `protocols.http`. Nil: not served.
    public var http: HTTP?
    /// Most connections at once, both protocols together. Default 1000. What comes beyond is accepted and closed at once:
    /// the peer learns so immediately and tries again later, where one left in the kernel's backlog would wait for its
    /// own timeout without knowing why.
    public var maxConnections = 1000
    /// Most bytes of requests that are being received or have not been answered, both protocols together. Default 64 MiB.
    /// Beyond it a request is told to come again.
    public var maxBytesInFlight = 64 << 20

    /// A receiver that serves nothing.
    public init() {}

    /// OTLP/gRPC.
    public struct GRPC: Sendable {
        /// `endpoint`: where it listens. Default localhost:4317.
        public var endpoint = ListenAddress(host: "localhost", port: 4317)
        /// `tls`. Nil: plain text.
        public var tls: ServerTLSSettings?
        /// `max_recv_msg_size_mib`, in bytes: the largest message, before and after it is decompressed. Default 4 MiB, as
        /// everywhere in gRPC.
        public var maxMessageSize = 4 << 20
        /// `max_concurrent_streams`: most calls at once on one connection. Default 100.
        public var maxConcurrentStreams = 100
        /// Largest header list of a call, as HTTP/2 counts it (RFC 9113, section 6.5.2), bytes. Default 16 KiB.
        public var maxHeaderListSize = 16 << 10
        /// How long a peer may send nothing whole before it is closed, ns. Default 60 s.
        public var readTimeoutNanoseconds: UInt64 = 60_000_000_000

        /// The defaults.
        public init() {}
    }

    /// OTLP/HTTP.
    public struct HTTP: Sendable {
        /// `endpoint`: where it listens. Default localhost:4318.
        public var endpoint = ListenAddress(host: "localhost", port: 4318)
        /// `tls`. Nil: plain text.
        public var tls: ServerTLSSettings?
        /// `max_request_body_size`: the largest body, before and after it is decompressed, bytes. Default 4 MiB.
        public var maxBodySize = 4 << 20
        /// Largest head of a request, bytes. Default 16 KiB.
        public var maxHeaderSize = 16 << 10
        /// `read_timeout`: how long a peer may send nothing whole before it is closed, ns. Default 60 s.
        public var readTimeoutNanoseconds: UInt64 = 60_000_000_000
        /// `traces_url_path`. Default /v1/traces.
        public var tracesPath = "/v1/traces"
        /// `metrics_url_path`. Default /v1/metrics.
        public var metricsPath = "/v1/metrics"
        /// `logs_url_path`. Default /v1/logs.
        public var logsPath = "/v1/logs"

        /// The defaults.
        public init() {}
    }
}

/// Where a server listens.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// An IPv4 or IPv6 address (without brackets) or a name; of a name that has both, the IPv4 address counts. Empty:
    /// every address of the host.
    public var host: String
    /// 0...65535; 0: one that is free.
    public var port: Int

    /// An address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// As people write it.
    public var description: String {
        let shown = host.printable()
        return shown.contains(":") ? "[\(shown)]:\(port)" : "\(shown):\(port)"
    }
}
