/// The status of a gRPC call (gRPC, "Status codes and their use").
struct GRPCStatus: Equatable {
    /// 0...16; others are nobody's.
    var code: UInt16

    static let cancelled = GRPCStatus(code: 1)
    static let unknown = GRPCStatus(code: 2)
    static let deadlineExceeded = GRPCStatus(code: 4)
    static let unimplemented = GRPCStatus(code: 12)
    static let `internal` = GRPCStatus(code: 13)
    static let unavailable = GRPCStatus(code: 14)
    static let unauthenticated = GRPCStatus(code: 16)

    init(code: UInt16) { self.code = code }

    /// The value of `grpc-status`: a decimal number.
    init?(_ digits: UnsafeRawBufferPointer) {
        guard !digits.isEmpty, digits.count <= 4 else { return nil }
        code = 0
        for digit in digits {
            guard digit &- 0x30 < 10 else { return nil }
            code = code * 10 + UInt16(digit - 0x30)
        }
    }

    /// What a response without a gRPC status stands for (gRPC, "HTTP to gRPC Status Code Mapping").
    init(httpStatus: Int32) {
        switch httpStatus {
        case 400: self = .internal
        case 401: self = .unauthenticated
        case 403: self = GRPCStatus(code: 7)
        case 404: self = .unimplemented
        case 429, 502, 503, 504: self = .unavailable
        default: self = .unknown
        }
    }

    /// What a stream's reset stands for (gRPC over HTTP/2, "Errors").
    init(reset code: UInt32) {
        switch code {
        case HTTP2ErrorCode.refusedStream: self = .unavailable
        case HTTP2ErrorCode.cancel: self = .cancelled
        case HTTP2ErrorCode.enhanceYourCalm: self = GRPCStatus(code: 8)
        case HTTP2ErrorCode.inadequateSecurity: self = GRPCStatus(code: 7)
        default: self = .internal
        }
    }

    /// Its name, as the conventions want it in `rpc.response.status_code`; nil for a code that nobody defined.
    var name: StaticString? {
        Int(code) < GRPCStatus.names.count ? GRPCStatus.names[Int(code)] : nil
    }

    /// Whether it is an error of a call's end: all but OK at the client; at the server what is its own fault
    /// (https://opentelemetry.io/docs/specs/semconv/rpc/grpc/).
    func isError(at role: Role) -> Bool {
        guard code > 0 else { return false }
        guard role == .server else { return true }
        return switch code {
        case 2, 4, 12, 13, 14, 15: true
        default: code > 16
        }
    }

    private static let names: [StaticString] = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]
}

/// How long a caller is willing to wait.
enum GRPCTimeout {
    /// The value of `grpc-timeout`, ns: at most eight digits and a unit; nil when it is none.
    static func nanoseconds(_ value: UnsafeRawBufferPointer) -> UInt64? {
        guard let unit = value.last, value.count >= 2, value.count <= 9 else { return nil }
        var number: UInt64 = 0
        for digit in value.dropLast() {
            guard digit &- 0x30 < 10 else { return nil }
            number = number * 10 + UInt64(digit - 0x30)
        }
        switch unit {
        case UInt8(ascii: "H"): return min(number, 1_000_000) * 3_600_000_000_000
        case UInt8(ascii: "M"): return number * 60_000_000_000
        case UInt8(ascii: "S"): return number * 1_000_000_000
        case UInt8(ascii: "m"): return number * 1_000_000
        case UInt8(ascii: "u"): return number * 1000
        case UInt8(ascii: "n"): return number
        default: return nil
        }
    }
}
