import COTLPMessages
import CProtobufC

/// The bodies of answers, as far as they matter. What does not parse says nothing.
///
/// The responses of the three signals have the same field numbers, so one of them is read for all.
enum ResponseBody {
    /// What an Export…ServiceResponse says about items that were not taken.
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
                case "rejectedSpans", "rejectedDataPoints", "rejectedLogRecords":
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

    /// The RetryInfo among a google.rpc.Status's details: the delay that it asks for, ns, 0 if it names none; nil when
    /// there is no RetryInfo.
    static func retryDelay(status bytes: UnsafeRawBufferPointer) -> UInt64? {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            let status = otlp__rpc_status__unpack(nil, bytes.count, bytes.baseAddress)
            defer { otlp__rpc_status__free_unpacked(status, nil) }
            guard let status else { return nil }
            for index in 0..<status.pointee.n_details {
                guard let detail = status.pointee.details[index], detail.pointee.isRetryInfo else { continue }
                return retryDelay(info: detail.pointee.value)
            }
            return nil
        }
    }

    private static func retryDelay(info bytes: ProtobufCBinaryData) -> UInt64? {
        let info = otlp__rpc_retry_info__unpack(nil, bytes.len, bytes.data)
        defer { otlp__rpc_retry_info__free_unpacked(info, nil) }
        guard let info else { return nil }
        guard let delay = info.pointee.retry_delay?.pointee, delay.seconds >= 0, delay.nanos >= 0 else { return 0 }
        let (whole, isTooLong) = UInt64(delay.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return isTooLong ? .max : whole &+ min(UInt64(delay.nanos), .max &- whole)
    }
}

extension Otlp__RpcAny {
    /// Whether it is a `google.rpc.RetryInfo`, whatever host its type URL names.
    fileprivate var isRetryInfo: Bool {
        let type = UnsafeBufferPointer(start: type_url.data, count: type_url.len)
        return type.reversed().starts(with: "/google.rpc.RetryInfo".utf8.reversed())
    }
}

extension String {
    /// Text of a peer, fit for a log.
    fileprivate init(_ data: ProtobufCBinaryData) {
        let bytes = UnsafeBufferPointer(start: data.data, count: data.len)
        self = String(decoding: bytes, as: UTF8.self).printable()
    }
}
