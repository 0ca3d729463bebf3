/// `receivers.otlp`: what takes telemetry of SDKs and other agents.
public struct OTLPReceiverConfiguration: Sendable, Equatable {
    /// Its name, `otlp` or `otlp/name`.
    public var name = "otlp"
    /// `protocols`: which are spoken. Default both.
    public var protocols = ReceiverProtocols()

    /// The defaults.
    public init() {}

    /// Where it listens, with the path of the key that says so.
    var endpoints: [(key: [String], address: HostPort)] {
        let grpc = protocols.grpc.map { (["protocols", "grpc", "endpoint"], $0.address) }
        let http = protocols.http.map { (["protocols", "http", "endpoint"], $0.address) }
        return [grpc, http].compactMap(\.self)
    }
}

extension OTLPReceiverConfiguration: ConfigurationComponent {
    static let type = "otlp"
    static let summary =
        "Takes what SDKs and other agents send. Both protocols listen unless `protocols` names one of them alone; a name "
        + "with nothing behind it has its defaults."
    static let keys: [ConfigurationKey<Self>] = [.section("protocols", \.protocols, "Which are spoken.")]
}

/// `protocols` of an OTLP receiver: those that are named, or both when none is.
public struct ReceiverProtocols: Sendable, Equatable {
    /// `grpc`: OTLP/gRPC; nil when it is not spoken.
    public var grpc: GRPCProtocolConfiguration? = .init()
    /// `http`: OTLP/HTTP; nil when it is not spoken.
    public var http: HTTPProtocolConfiguration? = .init()

    /// Both, with their defaults.
    public init() {}
}

extension ReceiverProtocols: ConfigurationSection {
    static let isChoice = true
    static let keys: [ConfigurationKey<Self>] = [
        .optionalSection("grpc", \.grpc, heedsEmpty: true, "OTLP/gRPC."),
        .optionalSection("http", \.http, heedsEmpty: true, "OTLP/HTTP, protobuf and JSON."),
    ]

    mutating func willRead(_ entries: [ConfigurationNode.Entry]) {
        guard !entries.isEmpty else { return }
        grpc = nil
        http = nil
    }
}
