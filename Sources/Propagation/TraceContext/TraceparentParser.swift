/// Reads the value of one `traceparent` header (W3C Trace Context, level 1 and 2, section 3.2).
///
/// `version-traceid-parentid-flags` in lower-case hex of 2, 32, 16 and 2 digits. Space and tab around it are ignored. For
/// version 00 nothing may follow; of a higher version the first 55 characters count, if nothing or a dash follows them.
/// Version ff, an id of zeros, and everything else is invalid.
public enum TraceparentParser {
    /// Characters of a traceparent of version 00.
    private static let length = 55
    private static let dash = UInt8(ascii: "-")

    /// The context that the bytes say; nil when they are not a valid traceparent.
    ///
    /// The flags are those that came, bits without a meaning yet included.
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> TraceContext? {
        let value = bytes.trimmed
        guard value.count >= length else { return nil }
        guard value[2] == dash, value[35] == dash, value[52] == dash else { return nil }
        guard let version = value.lowerHex(at: 0, digits: 2), version != 0xFF else { return nil }
        if value.count > length {
            guard version > 0, value[length] == dash else { return nil }
        }
        guard let high = value.lowerHex(at: 3, digits: 16), let low = value.lowerHex(at: 19, digits: 16),
            high | low != 0,
            let span = value.lowerHex(at: 36, digits: 16), span != 0,
            let flags = value.lowerHex(at: 53, digits: 2)
        else { return nil }
        return TraceContext(traceHigh: high, traceLow: low, spanID: span, flags: UInt8(truncatingIfNeeded: flags))
    }
}
