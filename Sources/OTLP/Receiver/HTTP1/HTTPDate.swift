import Glibc

/// The time of day as HTTP writes it (RFC 9110, section 5.6.7), made once per second.
struct HTTPDate {
    private var second: time_t = .min
    private var text = ""

    /// Nothing made yet.
    init() {}

    /// A moment, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// - Parameter moment: seconds since 1970 UTC.
    mutating func at(_ moment: time_t) -> String {
        guard moment != second else { return text }
        second = moment
        var (seconds, parts) = (moment, tm())
        gmtime_r(&seconds, &parts)
        // In the C locale, which a process has that asks for no other.
        text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = strftime(buffer.baseAddress, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
        }
        return text
    }
}
