internal import Capture
internal import OTLP

/// What an exchange's end says of its span's status, where the protocol itself has not said it.
enum OutcomeStatus {
    /// Sets status, message and `error.type` of an exchange that did not complete.
    static func apply(_ exchange: Exchange, to span: inout SpanData, in batch: inout SpanBatch) {
        let type: StaticString
        let message: StaticString
        switch exchange.outcome {
        case .open, .complete, .shed: return
        case .captureEnded, .shedAfterOther:
            batch.append(Attribute(key: .known("interspan.incomplete"), value: .bool(true)))
            return
        case .noResponse:
            type = "no_response"
            message =
                exchange.isDatagram ? "no response came" : "the connection was closed before a response came"
        case .cutOff:
            type = "cut_off"
            message = "the connection was closed, or not seen, in the middle of the exchange"
        case .processExited:
            type = "process_exited"
            message = "the process ended before the exchange did"
        }
        if span.status != .error { batch.append("error.type", text: type) }
        span.status = .error
        span.statusMessage = batch.append(text: message)
    }
}
