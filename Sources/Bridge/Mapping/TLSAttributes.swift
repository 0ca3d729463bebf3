internal import Capture
internal import OTLP

/// What the hellos of a TLS connection say: https://opentelemetry.io/docs/specs/semconv/registry/attributes/tls/
enum TLSAttributes {
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        span.name = batch.append(text: "TLS handshake")
        batch.append("tls.client.server_name", .serverName, of: exchange, fields)
        batch.append("tls.next_protocol", .nextProtocol, of: exchange, fields)
        batch.append("tls.protocol.version", .version, of: exchange, fields)
        FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        ServerAttributes.append(exchange, to: &batch)
    }
}
