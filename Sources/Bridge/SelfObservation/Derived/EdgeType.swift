internal import Capture

/// What two services have between them, in the words of Tempo's `connection_type`.
enum EdgeType: Sendable, Equatable {
    /// Requests.
    case direct
    /// Statements.
    case database
    /// Messages.
    case messaging
    /// Requests, of which one end was not seen.
    case virtualNode

    /// That of an exchange.
    init(_ exchange: Exchange) {
        switch exchange.protocol {
        case .mysql, .postgresql, .redis, .mongodb, .memcached: self = .database
        case .kafka, .amqp, .nats, .mqtt: self = .messaging
        case .http1, .http2, .fastcgi, .dubbo, .dns, .tls: self = .direct
        }
    }

    /// As it stands in the label.
    var label: StaticString {
        switch self {
        case .direct: ""
        case .database: "database"
        case .messaging: "messaging_system"
        case .virtualNode: "virtual_node"
        }
    }
}
