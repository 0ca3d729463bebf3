internal import Capture
internal import OTLP

/// `server.address` and `server.port`.
enum ServerAttributes {
    /// Where the protocol does not name its server: the address of the end that accepted.
    static func append(_ exchange: Exchange, to batch: inout SpanBatch) {
        let server = exchange.serverEndpoint
        guard server.family != .unix else { return }
        if !server.isUnspecified { batch.append("server.address", address: server) }
        batch.append("server.port", int: Int64(server.port))
    }

    /// Where a request may name its server: as it does, else as above.
    static func append(_ exchange: Exchange, fields: borrowing FieldBuffer, to batch: inout SpanBatch) {
        fields.withBytes(of: fields.first(.authority, in: exchange.fields)?.value ?? .empty) { authority in
            let server = Authority(authority)
            guard !server.host.isEmpty else { return append(exchange, to: &batch) }
            batch.append("server.address", bytes: server.host)
            if let port = server.port { batch.append("server.port", int: Int64(port)) }
        }
    }
}
