internal import Capture
internal import OTLP

/// How a Dubbo call ended: https://opentelemetry.io/docs/specs/semconv/rpc/dubbo/
enum DubboStatus {
    /// Adds the status by its name. What a method threw came with a status that is good: its class is the error's type.
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        if exchange.status > 0 { batch.append("rpc.response.status_code", text: name(of: exchange.status)) }
        guard exchange.hasFailed, exchange.status != 20 else {
            return FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        }
        span.status = .error
        batch.append("error.type", text: name(of: exchange.status))
    }

    /// The names that Dubbo itself gives its numbers.
    private static func name(of status: Int32) -> StaticString {
        switch status {
        case 20: "OK"
        case 25: "SERIALIZATION_ERROR"
        case 30: "CLIENT_TIMEOUT"
        case 31: "SERVER_TIMEOUT"
        case 35: "CHANNEL_INACTIVE"
        case 40: "BAD_REQUEST"
        case 50: "BAD_RESPONSE"
        case 60: "SERVICE_NOT_FOUND"
        case 70: "SERVICE_ERROR"
        case 80: "SERVER_ERROR"
        case 90: "CLIENT_ERROR"
        case 100: "SERVER_THREADPOOL_EXHAUSTED_ERROR"
        default: "_OTHER"
        }
    }
}
