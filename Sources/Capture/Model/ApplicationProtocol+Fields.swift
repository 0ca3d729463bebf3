// What exchanges of a protocol may have, said once for the documentation; the conformance tests hold parsers to it.
extension ApplicationProtocol {
    /// Those that there are parsers for.
    package static var recognised: [ApplicationProtocol] {
        let parsers = ParserTable()
        return allCases.filter(parsers.has)
    }

    /// The fields that exchanges may have, besides the headers that a configuration asks for.
    package var fields: [FieldKey] {
        switch self {
        case .http1: ApplicationProtocol.http
        case .http2: ApplicationProtocol.http + [.service, .errorCode]
        case .mysql:
            [
                .method, .statement, .statementEnd, .namespace, .rows, .version, .compression, .context, .errorCode,
                .errorDetail,
            ]
        case .postgresql: [.method, .statement, .statementEnd, .namespace, .rows, .errorCode]
        case .redis: [.method, .statement, .namespace, .batchSize, .errorCode]
        case .mongodb: [.method, .collection, .namespace, .batchSize, .compression, .errorCode]
        case .memcached: [.method, .statement, .batchSize, .errorCode]
        case .kafka:
            [
                .method, .destination, .partition, .clientID, .consumerGroup, .batchSize, .messageOffset, .context,
                .contextsLeft, .contextsUnknown, .requestID, .errorCode,
            ]
        case .amqp:
            [
                .method, .destination, .routingKey, .deliveryTag, .messageID, .conversationID, .batchSize, .context,
                .requestID, .errorCode,
            ]
        case .nats:
            [.method, .destination, .conversationID, .consumerGroup, .messageID, .context, .requestID, .errorCode]
        case .mqtt:
            [.method, .destination, .clientID, .conversationID, .batchSize, .context, .requestID, .errorCode]
        case .dns: [.method, .questionName, .questionType, .rows, .answers, .errorCode]
        case .fastcgi:
            [.method, .target, .authority, .userAgent, .contentType, .context, .requestID, .header, .errorCode]
        case .dubbo: [.service, .method, .context, .requestID, .header, .errorCode]
        case .tls: [.serverName, .version, .nextProtocol, .errorCode]
        }
    }

    /// Where a trace context may stand.
    package var carriers: [Carrier] {
        switch self {
        case .http1, .http2, .fastcgi, .dubbo: [.requestHeader]
        case .mysql: [.sqlComment, .requestHeader]
        case .postgresql: [.sqlComment]
        case .kafka, .amqp, .nats, .mqtt: [.messageMetadata]
        case .redis, .mongodb, .memcached, .dns, .tls: []
        }
    }

    private static let http: [FieldKey] = [
        .method, .target, .authority, .version, .userAgent, .contentType, .context, .requestID, .header,
    ]
}
