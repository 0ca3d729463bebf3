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
        if appendName(exchange, fields: fields, to: &batch) {
            span.name = ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
            batch.append(Attribute(key: .known("rpc.method"), value: .string(span.name)))
        } else {
            // Never invented: what was not seen has no name.
            span.name = batch.append(text: system)
        }
        let isServer = exchange.end.role == .server
        append(
            isServer ? "rpc.server.requests_per_rpc" : "rpc.client.requests_per_rpc", exchange.requestMessages, &batch)
        append(
            isServer ? "rpc.server.responses_per_rpc" : "rpc.client.responses_per_rpc", exchange.responseMessages,
            &batch)
        if exchange.protocol == .dubbo {
            DubboStatus.append(exchange, fields: fields, to: &span, in: &batch)
        } else {
            batch.append("rpc.response.status_code", .errorCode, of: exchange, fields)
            FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        }
        ServerAttributes.append(exchange, fields: fields, to: &batch)
    }

    /// Adds `package.Service/Method` to the arena; false when that is not known.
    private static func appendName(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to batch: inout SpanBatch
    ) -> Bool {
        if fields.has(.service, of: exchange), fields.has(.method, of: exchange) {
            fields.with(.service, in: exchange.fields) { _ = batch.append(bytes: $0) }
            _ = batch.append(text: "/")
            fields.with(.method, in: exchange.fields) { _ = batch.append(bytes: $0) }
            return true
        }
        // What its first answer showed to be a call has its path as a target.
        guard fields.has(.target, of: exchange) else { return false }
        fields.with(.target, in: exchange.fields) { path in
            let name = path.first == UInt8(ascii: "/") ? path.dropFirst() : path[...]
            _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: name))
        }
        return true
    }

    /// How many messages a call had, by the names that the conventions' metrics have for it; absent when some were missed.
    private static func append(_ key: StaticString, _ count: UInt64, _ batch: inout SpanBatch) {
        guard count > 0, count != Exchange.unknownLength else { return }
        batch.append(key, int: Int64(clamping: count))
    }

    private static func system(_ name: ApplicationProtocol) -> StaticString {
        name == .dubbo ? "dubbo" : "grpc"
    }
}
