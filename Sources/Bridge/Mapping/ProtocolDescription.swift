internal import Capture

/// What users are told of a protocol, besides what the code itself says: ``ProtocolReference``.
struct ProtocolDescription {
    /// Its name.
    var name: String
    /// What of it is recognised: versions, dialects.
    var recognised: String
    /// What a span is made of.
    var spans: String
    /// What is not seen, or not told.
    var limits: String

    /// The description of a protocol.
    init(_ identity: ApplicationProtocol) {
        switch identity {
        case .http1:
            self.init(
                "HTTP/1", "HTTP/1.0 and 1.1; WebSocket, server-sent events and tunnels that begin with it",
                "each request; a WebSocket's or a stream of events' is as long as the connection, and counts messages",
                "routes are learned from paths (`docs/redaction.md`)")
        case .http2:
            self.init(
                "HTTP/2, gRPC", "with prior knowledge, or after an upgrade (h2c)",
                "each stream; gRPC calls have a status and count messages",
                "nothing within TLS; joined in the middle, names that the header table had before are not known, and none is made up"
            )
        case .mysql:
            self.init(
                "MySQL, MariaDB", "protocol 10: queries and their attributes, prepared statements, several results",
                "each command; pings, log-ins and the like only when they fail",
                "once a connection is compressed: that there was a command, not which")
        case .postgresql:
            self.init(
                "PostgreSQL", "protocol 3: simple and extended, pipelines, COPY",
                "each query, each execution; preparations and log-ins only when they fail",
                "the statement of a portal that was prepared before the connection was joined is not known")
        case .redis:
            self.init(
                "Redis", "RESP2, RESP3 and inline commands, as Valkey and KeyDB speak them too",
                "each command, also of pipelines and transactions; pings and log-ins only when they fail",
                "messages that a server pushes are no spans; MONITOR and replication are left alone")
        case .mongodb:
            self.init(
                "MongoDB", "OP_MSG, OP_QUERY and what is between them", "each command, with all replies it gets",
                "compressed messages are recognised, and not read")
        case .memcached:
            self.init(
                "Memcached", "text, meta and binary commands", "each command", "over TCP alone")
        case .kafka:
            self.init(
                "Kafka", "all requests in all versions; record batches with gzip, snappy, lz4, zstd or nothing",
                "each request; log-ins and heartbeats only when they fail",
                "topics that are named by id alone need a name that was seen before")
        case .amqp:
            self.init(
                "AMQP", "0-9-1 with RabbitMQ's extensions",
                "publish, deliver, get and what becomes of messages; any other method only when it fails",
                "AMQP 1.0 is another protocol")
        case .nats:
            self.init(
                "NATS", "the client protocol, with headers", "each message that is published or delivered; errors",
                "between servers of a cluster another protocol is spoken")
        case .mqtt:
            self.init(
                "MQTT", "3.1, 3.1.1 and 5", "publish, deliver, subscribe, unsubscribe; refused connections",
                "joined in the middle, the version must show before properties are read")
        case .dns:
            self.init(
                "DNS", "over UDP and TCP", "each query", "answers themselves are not told; a repeated query is a query")
        case .fastcgi:
            self.init(
                "FastCGI", "1.0, responders", "each request", "the application's own standard error is not told")
        case .dubbo:
            self.init(
                "Dubbo", "Dubbo 2; attachments of Hessian 2 and JSON", "each call",
                "other encodings: that there was a call, not of what")
        case .tls:
            self.init(
                "TLS", "1.0 to 1.3, hellos and alerts in the clear",
                "each handshake, at the client's end; at the server's if it fails",
                "what is encrypted is not read")
        }
    }

    private init(_ name: String, _ recognised: String, _ spans: String, _ limits: String) {
        self.name = name
        self.recognised = recognised
        self.spans = spans
        self.limits = limits
    }
}

extension Carrier {
    /// As users are told.
    var description: String {
        switch self {
        case .requestHeader: "request headers"
        case .responseHeader: "response headers"
        case .sqlComment: "comments in statements, and of executions in what was prepared"
        case .messageMetadata: "headers of messages"
        }
    }
}
