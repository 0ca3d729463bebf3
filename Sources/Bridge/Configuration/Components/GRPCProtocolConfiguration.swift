/// `protocols.grpc` of an OTLP receiver.
public struct GRPCProtocolConfiguration: Sendable, Equatable {
    /// `endpoint`: where it listens. Default `127.0.0.1:4317`.
    public var endpoint = "127.0.0.1:4317"
    /// `max_recv_msg_size_mib`: most MiB of one message, unpacked; 0 is the default. Up to 1024, default 4.
    public var maximumMessageMebibytes: UInt32 = 4
    /// `max_concurrent_streams`: most requests of one connection at once. Up to 1,000,000; 0, the default, for
    /// the server's own limit.
    public var maximumStreams: UInt32 = 0
    /// `tls`: how TLS is spoken; nil for plain text.
    public var tls: ServerTLSConfiguration?

    /// The defaults.
    public init() {}

    /// Where it listens, taken apart.
    public var address: HostPort {
        // A bad endpoint never gets here, it is refused when it is read.
        HostPort(endpoint) ?? HostPort(host: "127.0.0.1", port: 4317)
    }

    /// Most bytes of one message, unpacked.
    public var maximumMessageBytes: Int {
        Int(maximumMessageMebibytes == 0 ? Self().maximumMessageMebibytes : maximumMessageMebibytes) << 20
    }
}

extension GRPCProtocolConfiguration: ConfigurationSection {
    static let laterKeys = ["auth", "middlewares"]
    static let ignoredKeys = ["keepalive", "read_buffer_size", "write_buffer_size", "include_metadata"]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "endpoint", \.endpoint, .listenAddress, "Where it listens; `0.0.0.0:4317` for every address of the host."),
        .fixed("transport", to: "tcp", later: ["tcp4", "tcp6", "unix"], "The transport below it."),
        .value(
            "max_recv_msg_size_mib", \.maximumMessageMebibytes, .integer(0...1024),
            "Most MiB of one message, unpacked; 0 is the default."),
        .value(
            "max_concurrent_streams", \.maximumStreams, .integer(0...1_000_000),
            "Most requests of one connection at once; 0 is the server's own limit."),
        .optionalSection("tls", \.tls, "How TLS is spoken; without it plain text."),
    ]
}
