internal import Capture
internal import OTLP

/// A failure that the protocol itself has told.
enum FailureAttributes {
    /// Sets the span's status and `error.type`, and under a key of the convention's own the code, if there is one.
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, code key: StaticString? = nil, to span: inout SpanData,
        in batch: inout SpanBatch
    ) {
        guard exchange.hasFailed else { return }
        span.status = .error
        guard fields.has(.errorCode, of: exchange) else { return batch.append("error.type", text: "_OTHER") }
        if let key { batch.append(key, .errorCode, of: exchange, fields) }
        batch.append("error.type", .errorCode, of: exchange, fields)
    }
}
