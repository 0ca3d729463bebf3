/// What servers say after `-ERR`, without what it is about: that may be a subject's name. Others are no code of ours.
enum NATSFailure {
    private static let known: [StaticString] = [
        "Authorization Violation", "Authorization Timeout", "User Authentication Expired",
        "User Authentication Revoked", "Account Authentication Expired", "Account Authentication Revoked",
        "Permissions Violation", "Unknown Protocol Operation", "Attempted To Connect To Route Port",
        "Invalid Client Protocol", "Maximum Control Line Exceeded", "Maximum Payload Violation",
        "Maximum Connections Exceeded", "Maximum Subscriptions Exceeded", "Maximum Account Active Connections Exceeded",
        "Secure Connection - TLS Required", "Stale Connection", "Slow Consumer", "Invalid Subject",
        "Invalid Publish Subject", "Parser Error", "No Responders Requires Headers Support", "Server Shutdown",
    ]

    /// The text that a line's arguments begin with; nil when it is none of those known.
    static func code(_ arguments: UnsafeRawBufferPointer) -> StaticString? {
        guard let first = arguments.firstIndex(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x27 }) else { return nil }
        let text = arguments[first...]
        return known.first { known in
            guard text.count >= known.utf8CodeUnitCount else { return false }
            for index in 0..<known.utf8CodeUnitCount
            where lowerCase(text[text.startIndex + index]) != lowerCase(known.utf8Start[index]) { return false }
            return true
        }
    }
}
