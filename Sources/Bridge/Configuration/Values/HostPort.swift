/// A host and a port, taken apart from `host:port`, `127.0.0.1:4317` or `[::1]:4317`.
public struct HostPort: Sendable, Hashable {
    /// A name or an address, an IPv6 one without brackets. Empty for every address of this host.
    public let host: String
    /// 0...65535; 0 asks the system for one that is free.
    public let port: UInt16

    /// Takes a text apart; nil when it has no port, or characters that no host has.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 1024, let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits) else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            host = String(host.dropFirst().dropLast())
            guard host.utf8.contains(UInt8(ascii: ":")), host.utf8.allSatisfy({ Self.isPartOfIPv6($0) }) else {
                return nil
            }
        } else {
            guard host.utf8.allSatisfy({ Self.isPartOfName($0) }) else { return nil }
        }
        self.host = host
        self.port = port
    }

    /// A host and a port that are known to be ones.
    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Whether it stands for every address of this host.
    var isWildcard: Bool { ["", "0.0.0.0", "::"].contains(host) }

    /// Whether two sockets cannot listen at both.
    func collides(with other: Self) -> Bool {
        func address(_ host: String) -> String { host == "localhost" ? "127.0.0.1" : host.lowercased() }
        guard port == other.port, port > 0 else { return false }
        return isWildcard || other.isWildcard || address(host) == address(other.host)
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_".utf8.contains(byte)
        }
    }

    /// With the zone that a link-local address may name (RFC 4007): `fe80::1%eth0`.
    private static func isPartOfIPv6(_ byte: UInt8) -> Bool {
        isPartOfName(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
    }
}

extension ConfigurationValueType<String> {
    /// What stands where an address would, to listen nowhere.
    static let nowhere = "none"

    /// An address to listen at, or `none` (in a file also an empty text).
    static var listenAddressOrNone: Self {
        .init(name: "address", expectation: "an address such as 127.0.0.1:8889 or 0.0.0.0:8889, or none") { text in
            if text.isEmpty || text.lowercased() == nowhere { return nowhere }
            return HostPort(text) == nil ? nil : text
        } format: {
            $0
        }
    }

    /// An address to listen at.
    static var listenAddress: Self {
        .init(name: "address", expectation: "an address such as 127.0.0.1:4317, [::1]:4317 or 0.0.0.0:4317") { text in
            HostPort(text) == nil ? nil : text
        } format: {
            $0
        }
    }
}
