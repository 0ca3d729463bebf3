internal import Capture
internal import OTLP

/// Spans of remote calls: https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/
enum RPCAttributes {
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        let system = system(exchange.protocol)
        batch.append("rpc.system.name", text: system)
        let start = UInt32(batch.bytes.count)
        if fields.has(.service, of: exchange), fields.has(.method, of: exchange) {
            fields.with(.service, in: exchange.fields) { _ = batch.append(bytes: $0) }
            _ = batch.append(text: "/")
            fields.with(.method, in: exchange.fields) { _ = batch.append(bytes: $0) }
            span.name = ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
            batch.append(Attribute(key: .known("rpc.method"), value: .string(span.name)))
        } else {
            // Never invented: what was not seen has no name.
            span.name = batch.append(text: system)
        }
        if exchange.protocol == .dubbo {
            DubboStatus.append(exchange, fields: fields, to: &span, in: &batch)
        } else {
            batch.append("rpc.response.status_code", .errorCode, of: exchange, fields)
            FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        }
        ServerAttributes.append(exchange, to: &batch)
    }

    private static func system(_ name: ApplicationProtocol) -> StaticString {
        name == .dubbo ? "dubbo" : "grpc"
    }
}
