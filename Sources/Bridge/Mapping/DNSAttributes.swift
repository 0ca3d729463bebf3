internal import Capture
internal import OTLP

/// DNS spans. The conventions have attributes for the question (`dns.question.name`) and none for the rest.
enum DNSAttributes {
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        let start = UInt32(batch.bytes.count)
        _ = batch.append(text: "DNS")
        fields.with(.questionType, in: exchange.fields) { type in
            _ = batch.append(text: " ")
            _ = batch.append(bytes: type)
        }
        span.name = ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
        batch.append("dns.question.name", .questionName, of: exchange, fields)
        batch.append("dns.question.type", .questionType, of: exchange, fields)
        batch.append("dns.response.rcode", .errorCode, of: exchange, fields)
        FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        ServerAttributes.append(exchange, to: &batch)
    }
}
