/// Why a stream was reset (RFC 9113, 7).
enum HTTP2ErrorCode {
    static let none: UInt32 = 0
    static let refusedStream: UInt32 = 7
    static let cancel: UInt32 = 8
    static let enhanceYourCalm: UInt32 = 11
    static let inadequateSecurity: UInt32 = 12

    /// A code's name; nil for one that nobody defined.
    static func name(_ code: UInt32) -> StaticString? { code < UInt32(names.count) ? names[Int(code)] : nil }

    private static let names: [StaticString] = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
}
