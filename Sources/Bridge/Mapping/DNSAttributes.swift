internal import Capture
internal import OTLP

/// DNS spans. The conventions have attributes for the question (`dns.question.name`) and the answers' addresses
/// (`dns.answers`, in development, which we leave out), none for the rest, and no span: its name is `DNS` and the type of
/// record that was asked for, or the operation where it is no query.
enum DNSAttributes {
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        span.name = name(exchange, fields, in: &batch)
        batch.append("dns.question.name", .questionName, of: exchange, fields)
        batch.append("dns.question.type", .questionType, of: exchange, fields)
        batch.append("dns.response.rcode", .errorCode, of: exchange, fields)
        batch.append("interspan.dns.answer_count", number: .rows, of: exchange, fields)
        FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        ServerAttributes.append(exchange, to: &batch)
    }

    private static func name(
        _ exchange: Exchange, _ fields: borrowing FieldBuffer, in batch: inout SpanBatch
    ) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        _ = batch.append(text: "DNS")
        let key: FieldKey = fields.has(.method, of: exchange) ? .method : .questionType
        fields.with(key, in: exchange.fields) { word in
            // `TYPE12345`: there are too many of them for a name.
            if key == .questionType, word.count > 4, word.starts(with: "TYPE".utf8) { return }
            _ = batch.append(text: " ")
            _ = batch.append(bytes: word)
        }
        return ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
    }
}
