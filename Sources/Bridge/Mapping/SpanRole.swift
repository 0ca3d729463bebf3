internal import Capture
internal import OTLP

extension Exchange {
    /// Whether this is the end that opened the connection: a database's or broker's client, also when the broker sent the
    /// request.
    var isAtClient: Bool { (end.role == .client) != isPush }

    /// The address of the end that accepted the connection.
    var serverEndpoint: Endpoint { isAtClient ? peer : local }

    /// The kind of its span: of who connected and who accepted; at a messaging client, whether messages go out or come in.
    var spanKind: SpanKind {
        guard isAtClient else { return .server }
        return switch message {
        case .none, .settle: .client
        case .send: .producer
        case .receive, .process: .consumer
        }
    }
}
