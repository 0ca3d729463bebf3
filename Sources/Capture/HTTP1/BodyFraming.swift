/// What the headers of a message say of its body's length (RFC 9112, 6).
struct BodyFraming {
    /// `Content-Length`, when it is valid.
    private(set) var contentLength: UInt64?
    /// Whether a `Content-Length` was no number, too large, or contradicted another.
    private(set) var isInvalid = false
    /// Whether there was a `Transfer-Encoding`, which overrules any `Content-Length`.
    private(set) var hasTransferEncoding = false
    /// Whether the last transfer coding is `chunked`.
    private(set) var isChunked = false

    /// Takes a `Content-Length` in: decimal numbers, separated by commas, all of them equal, none beyond 2^63 - 1.
    mutating func add(contentLength value: UnsafeRawBufferPointer) {
        var number: UInt64 = 0
        var digits = 0
        var hasEnded = false
        for index in 0...value.count {
            let byte = index < value.count ? value[index] : 0x2C
            switch byte {
            case 0x30...0x39 where !hasEnded:
                guard number <= (UInt64(Int64.max) - 9) / 10 else { return isInvalid = true }
                number = number * 10 + UInt64(byte - 0x30)
                digits += 1
            case 0x20, 0x09:
                hasEnded = digits > 0
            case 0x2C:
                guard digits > 0, contentLength == nil || contentLength == number else { return isInvalid = true }
                contentLength = number
                (number, digits, hasEnded) = (0, 0, false)
            default:
                return isInvalid = true
            }
        }
    }

    /// Takes a `Transfer-Encoding` in. Of several, the last coding of the last one counts.
    mutating func add(transferEncoding value: UnsafeRawBufferPointer) {
        hasTransferEncoding = true
        let coding = value.split(separator: 0x2C).last.map { trimmed(UnsafeRawBufferPointer(rebasing: $0)) }
        isChunked = coding.map { equals($0, "chunked") } ?? false
    }
}

/// Bytes without the white space around them.
@inline(__always)
func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 || bytes[start] == 0x0D { start += 1 }
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 || bytes[end - 1] == 0x0D { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
}
