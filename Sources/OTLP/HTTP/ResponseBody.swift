import COTLPMessages
import CProtobufC

/// The bodies of answers, as far as they matter. What does not parse says nothing.
enum ResponseBody {
    /// What an ExportTraceServiceResponse says about spans that were not taken.
    static func partialSuccess(protobuf body: UnsafeRawBufferPointer) -> (rejected: Int64, message: String) {
        body.withMemoryRebound(to: UInt8.self) { body in
            let response = otlp__export_trace_service_response__unpack(nil, body.count, body.baseAddress)
            defer { otlp__export_trace_service_response__free_unpacked(response, nil) }
            guard let partial = response?.pointee.partial_success else { return (0, "") }
            return (partial.pointee.rejected_spans, String(partial.pointee.error_message))
        }
    }

    /// The same in JSON.
    static func partialSuccess(json body: UnsafeRawBufferPointer) -> (rejected: Int64, message: String) {
        var rejected: Int64 = 0
        var message = ""
        var reader = JSONReader(body)
        _ = reader.object { reader, key in
            guard key == "partialSuccess" else { return reader.skip() }
            return reader.object { reader, key in
                switch key {
                case "rejectedSpans":
                    guard let number = reader.integer() else { return false }
                    rejected = number
                case "errorMessage":
                    guard let text = reader.string() else { return false }
                    message = text.printable()
                default: return reader.skip()
                }
                return true
            }
        }
        return (rejected, message)
    }

    /// The message of a google.rpc.Status.
    static func statusMessage(protobuf body: UnsafeRawBufferPointer) -> String {
        body.withMemoryRebound(to: UInt8.self) { body in
            let status = otlp__rpc_status__unpack(nil, body.count, body.baseAddress)
            defer { otlp__rpc_status__free_unpacked(status, nil) }
            guard let status else { return "" }
            return String(status.pointee.message)
        }
    }

    /// The same in JSON.
    static func statusMessage(json body: UnsafeRawBufferPointer) -> String {
        var message = ""
        var reader = JSONReader(body)
        _ = reader.object { reader, key in
            guard key == "message" else { return reader.skip() }
            guard let text = reader.string() else { return false }
            message = text.printable()
            return true
        }
        return message
    }
}

extension String {
    /// Text of a peer, fit for a log.
    fileprivate init(_ data: ProtobufCBinaryData) {
        let bytes = UnsafeBufferPointer(start: data.data, count: data.len)
        self = String(decoding: bytes, as: UTF8.self).printable()
    }
}
