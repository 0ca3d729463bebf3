import Glibc

/// A moment in a file's name, such as `2026-11-21T16-30-05.123`: names sort as the moments do, and no character in them
/// is special to a shell.
enum FileTimestamp {
    /// The text of a moment.
    /// - Parameters:
    ///   - milliseconds: since 1970.
    ///   - local: in the machine's time zone rather than UTC.
    static func text(milliseconds: Int64, local: Bool) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        if local { localtime_r(&seconds, &parts) } else { gmtime_r(&seconds, &parts) }
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map { padded($0, 2) }
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }
        let fraction = padded(Int(milliseconds % 1000), 3)
        return "\(date.joined(separator: "-"))T\(clock.joined(separator: "-")).\(fraction)"
    }

    /// The moment of a text that ``text(milliseconds:local:)`` made, in ms since 1970; nil for anything else.
    static func milliseconds(_ text: some StringProtocol, local: Bool) -> Int64? {
        let shape = Array("0000-00-00T00-00-00.000".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count == shape.count else { return nil }
        var numbers: [Int] = [0]
        for (byte, kind) in zip(bytes, shape) {
            if kind == UInt8(ascii: "0") {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(byte - UInt8(ascii: "0"))
            } else {
                guard byte == kind else { return nil }
                numbers.append(0)
            }
        }
        var parts = tm()
        parts.tm_year = Int32(numbers[0] - 1900)
        parts.tm_mon = Int32(numbers[1] - 1)
        parts.tm_mday = Int32(numbers[2])
        parts.tm_hour = Int32(numbers[3])
        parts.tm_min = Int32(numbers[4])
        parts.tm_sec = Int32(numbers[5])
        parts.tm_isdst = -1
        let seconds = local ? mktime(&parts) : timegm(&parts)
        return seconds < 0 ? nil : Int64(seconds) * 1000 + Int64(numbers[6])
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }
}
