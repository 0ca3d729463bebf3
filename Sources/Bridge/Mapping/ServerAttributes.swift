internal import Capture
internal import OTLP

/// `server.address` and `server.port` where the protocol does not name its server: the address of the end that accepted.
enum ServerAttributes {
    static func append(_ exchange: Exchange, to batch: inout SpanBatch) {
        let server = exchange.serverEndpoint
        guard server.family != .unix else { return }
        if !server.isUnspecified { batch.append("server.address", address: server) }
        batch.append("server.port", int: Int64(server.port))
    }
}
