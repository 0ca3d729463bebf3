/// The protocols that are recognised.
public enum ApplicationProtocol: UInt8, Sendable, CaseIterable {
    /// HTTP/1.0 and HTTP/1.1 (RFC 9112), with what an upgrade makes of them: WebSocket (RFC 6455) and server-sent events.
    case http1 = 1
    /// HTTP/2 (RFC 9113) and gRPC over it.
    case http2 = 2
    /// The MySQL client/server protocol, as MySQL and MariaDB speak it.
    case mysql = 3
    /// PostgreSQL's frontend/backend protocol, version 3.
    case postgresql = 4
    /// Redis's protocol, RESP2 and RESP3.
    case redis = 5
    /// MongoDB's wire protocol.
    case mongodb = 6
    /// Memcached: text, meta and binary.
    case memcached = 7
    /// Apache Kafka's protocol.
    case kafka = 8
    /// AMQP 0-9-1.
    case amqp = 9
    /// NATS's client protocol.
    case nats = 10
    /// MQTT 3.1.1 and 5.
    case mqtt = 11
    /// DNS over UDP and TCP (RFC 1035).
    case dns = 12
    /// FastCGI 1.0.
    case fastcgi = 13
    /// Dubbo 2.
    case dubbo = 14
    /// TLS (RFC 8446), of which only the hellos can be read.
    case tls = 15
}

/// A set of protocols.
struct ProtocolSet: Equatable {
    private var bits: UInt32 = 0

    /// None.
    init() {}

    /// Adds one.
    mutating func insert(_ member: ApplicationProtocol) { bits |= 1 << UInt32(member.rawValue) }

    /// Whether one is in it.
    func contains(_ member: ApplicationProtocol) -> Bool { bits & 1 << UInt32(member.rawValue) != 0 }
}
