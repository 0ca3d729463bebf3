import COTLPMessages
import CProtobufC

/// The messages that answers consist of, in protobuf and in JSON.
enum AnswerBody {
    /// An Export…ServiceResponse: empty unless something was rejected or there is something to say.
    static func response(
        to signal: Signal, rejected: Int, message: String, encoding: ExportRequest.Encoding
    ) -> [UInt8] {
        let isPlain = rejected == 0 && message.isEmpty
        switch encoding {
        case .protobuf: return isPlain ? [] : protobufResponse(rejected: rejected, message: message)
        case .json:
            let writer = JSONWriter(buffer: ByteBuffer(capacity: 64 + message.utf8.count))
            if isPlain {
                writer.raw("{}")
            } else {
                writer.raw("{\"partialSuccess\":{")
                switch signal {
                case .traces: writer.raw("\"rejectedSpans\":\"")
                case .metrics: writer.raw("\"rejectedDataPoints\":\"")
                case .logs: writer.raw("\"rejectedLogRecords\":\"")
                }
                writer.decimal(Int64(rejected))
                writer.raw("\",\"errorMessage\":")
                writer.string(message)
                writer.raw("}}")
            }
            return Array(writer.buffer.bytes)
        }
    }

    /// A google.rpc.Status, with a RetryInfo if the peer should try again after a while.
    static func status(
        _ code: GRPCStatus, message: String, retryAfterSeconds: Int? = nil, encoding: ExportRequest.Encoding
    ) -> [UInt8] {
        switch encoding {
        case .protobuf: return protobufStatus(code, message: message, retryAfterSeconds: retryAfterSeconds)
        case .json:
            let writer = JSONWriter(buffer: ByteBuffer(capacity: 64 + message.utf8.count))
            writer.raw("{\"code\":")
            writer.decimal(Int64(code.rawValue))
            writer.raw(",\"message\":")
            writer.string(message)
            if let retryAfterSeconds {
                // A Duration is a string in JSON (protobuf's JSON mapping).
                writer.raw(",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"")
                writer.decimal(Int64(retryAfterSeconds))
                writer.raw("s\"}]")
            }
            writer.raw("}")
            return Array(writer.buffer.bytes)
        }
    }

    /// The three signals' responses have the same field numbers.
    private static func protobufResponse(rejected: Int, message: String) -> [UInt8] {
        var partial = Otlp__ExportTracePartialSuccess()
        otlp__export_trace_partial_success__init(&partial)
        partial.rejected_spans = Int64(rejected)
        return withBinaryData(of: message) { text in
            partial.error_message = text
            return withUnsafeMutablePointer(to: &partial) { partial in
                var response = Otlp__ExportTraceServiceResponse()
                otlp__export_trace_service_response__init(&response)
                response.partial_success = partial
                return bytes(count: otlp__export_trace_service_response__get_packed_size(&response)) {
                    otlp__export_trace_service_response__pack(&response, $0)
                }
            }
        }
    }

    private static func protobufStatus(_ code: GRPCStatus, message: String, retryAfterSeconds: Int?) -> [UInt8] {
        var status = Otlp__RpcStatus()
        otlp__rpc_status__init(&status)
        status.code = code.rawValue
        return withBinaryData(of: message) { text in
            status.message = text
            guard let retryAfterSeconds else { return pack(&status) }
            var info = retryInfo(seconds: retryAfterSeconds)
            return info.withUnsafeMutableBufferPointer { info in
                withBinaryData(of: "type.googleapis.com/google.rpc.RetryInfo") { type in
                    var detail = Otlp__RpcAny()
                    otlp__rpc_any__init(&detail)
                    detail.type_url = type
                    detail.value = ProtobufCBinaryData(len: info.count, data: info.baseAddress)
                    return withUnsafeMutablePointer(to: &detail) { detail in
                        var details: UnsafeMutablePointer<Otlp__RpcAny>? = detail
                        return withUnsafeMutablePointer(to: &details) { details in
                            status.n_details = 1
                            status.details = details
                            return pack(&status)
                        }
                    }
                }
            }
        }
    }

    private static func pack(_ status: inout Otlp__RpcStatus) -> [UInt8] {
        withUnsafeMutablePointer(to: &status) { status in
            bytes(count: otlp__rpc_status__get_packed_size(status)) { otlp__rpc_status__pack(status, $0) }
        }
    }

    private static func retryInfo(seconds: Int) -> [UInt8] {
        var delay = Otlp__RpcDuration()
        otlp__rpc_duration__init(&delay)
        delay.seconds = Int64(seconds)
        return withUnsafeMutablePointer(to: &delay) { delay in
            var info = Otlp__RpcRetryInfo()
            otlp__rpc_retry_info__init(&info)
            info.retry_delay = delay
            return bytes(count: otlp__rpc_retry_info__get_packed_size(&info)) {
                otlp__rpc_retry_info__pack(&info, $0)
            }
        }
    }

    private static func bytes(count: Int, _ pack: (UnsafeMutablePointer<UInt8>?) -> Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { target, written in written = pack(target.baseAddress) }
    }

    private static func withBinaryData<R>(of text: String, _ body: (ProtobufCBinaryData) -> R) -> R {
        var text = text
        return text.withUTF8 { bytes in
            // protobuf-c only reads it; its type says otherwise.
            body(ProtobufCBinaryData(len: bytes.count, data: UnsafeMutablePointer(mutating: bytes.baseAddress)))
        }
    }
}
