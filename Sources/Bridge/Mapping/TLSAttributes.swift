internal import Capture
internal import OTLP

/// What the hellos of a TLS connection say: https://opentelemetry.io/docs/specs/semconv/registry/attributes/tls/
///
/// Who the client asked for is `server.address`, as the registry has it since `tls.client.server_name` is deprecated. What a
/// client offered to speak is `interspan.tls.offered_protocols`; `tls.next_protocol` is what the server chose, which TLS 1.3
/// hides.
enum TLSAttributes {
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        span.name = batch.append(text: "TLS handshake")
        appendVersion(exchange, fields: fields, to: &batch)
        let range = Int(exchange.fields.start)..<Int(exchange.fields.start + exchange.fields.count)
        for index in range where fields.fields[index].key == .nextProtocol {
            let isChosen = fields.fields[index].carrier == .responseHeader
            fields.withBytes(of: fields.fields[index].value) {
                batch.append(isChosen ? "tls.next_protocol" : "interspan.tls.offered_protocols", bytes: $0)
            }
        }
        if exchange.outcome == .complete {
            batch.append(Attribute(key: .known("tls.established"), value: .bool(!exchange.hasFailed)))
        }
        FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        guard fields.has(.serverName, of: exchange) else { return ServerAttributes.append(exchange, to: &batch) }
        batch.append("server.address", .serverName, of: exchange, fields)
        let server = exchange.serverEndpoint
        if server.family != .unix { batch.append("server.port", int: Int64(server.port)) }
    }

    /// SSL 3.0 is the only version that still had the old name.
    private static func appendVersion(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to batch: inout SpanBatch
    ) {
        fields.with(.version, in: exchange.fields) { version in
            batch.append("tls.protocol.name", text: version.first == UInt8(ascii: "3") ? "ssl" : "tls")
            batch.append("tls.protocol.version", bytes: version)
        }
    }
}
