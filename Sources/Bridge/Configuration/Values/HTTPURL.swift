/// An `http` or `https` URL taken apart as far as exporters need it (RFC 3986).
struct HTTPURL {
    /// Scheme, authority: `https://user@host:4318`.
    private let base: Substring
    /// Path, perhaps empty.
    private let path: Substring
    /// From `?` or `#` on, perhaps empty.
    private let rest: Substring

    /// A URL; nil when it has no `http` or `https` scheme, no host, an impossible port, or characters no URL has.
    init?(_ text: String) {
        guard text.utf8.count <= 4096, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        let lower = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lower.hasPrefix) else { return nil }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        base = text[..<authority.endIndex]
        path = text[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
        rest = text[path.endIndex...]
        guard Self.hasHost(authority) else { return nil }
    }

    private static func hasHost(_ authority: Substring) -> Bool {
        var host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            host = "v6" + host[host.index(after: end)...]
        }
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, parts.count <= 2 else { return false }
        return parts.count == 1 || UInt16(parts[1]).map { $0 > 0 } == true
    }

    /// This URL with a path added to its own, never with a double slash.
    func appending(_ more: String) -> String {
        var kept = path
        while kept.last == "/" { kept = kept.dropLast() }
        return base + kept + "/" + more + rest
    }

    /// A URL's text with a password in it (`user:password@`) masked.
    static func masked(_ text: String) -> String {
        guard let slashes = text.firstRange(of: "://"),
            let at = text[slashes.upperBound...].prefix(while: { $0 != "/" && $0 != "?" && $0 != "#" }).lastIndex(
                of: "@"),
            let colon = text[slashes.upperBound..<at].firstIndex(of: ":")
        else { return text }
        return text[...colon] + SecretMask.text + text[at...]
    }
}

/// What stands where a secret would.
enum SecretMask {
    /// As the OpenTelemetry Collector writes it.
    static let text = "[REDACTED]"
}
