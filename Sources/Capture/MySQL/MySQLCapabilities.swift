/// What client and server have agreed on, as far as it decides how packets look (`Capabilities Flags`).
struct MySQLCapabilities: OptionSet {
    let rawValue: UInt32
    static let connectWithDatabase = MySQLCapabilities(rawValue: 1 << 3)
    static let compress = MySQLCapabilities(rawValue: 1 << 5)
    static let protocol41 = MySQLCapabilities(rawValue: 1 << 9)
    static let tls = MySQLCapabilities(rawValue: 1 << 11)
    static let secureConnection = MySQLCapabilities(rawValue: 1 << 15)
    static let lengthEncodedPassword = MySQLCapabilities(rawValue: 1 << 21)
    static let deprecateEOF = MySQLCapabilities(rawValue: 1 << 24)
    static let zstandard = MySQLCapabilities(rawValue: 1 << 26)
    static let queryAttributes = MySQLCapabilities(rawValue: 1 << 27)
}

/// The server's greeting (`Protocol::HandshakeV10`).
struct MySQLGreeting {
    /// What the server can.
    var capabilities: MySQLCapabilities
    /// Whether it calls itself MariaDB.
    var isMariaDB: Bool

    /// Reads a payload; nil when it is no greeting.
    init?(_ payload: UnsafeRawBufferPointer) {
        guard payload.first == 10 else { return nil }
        let (version, next) = MySQLPacket.string(payload, at: 1)
        // Connection id, half the scramble, a filler, then what the server can: the lower half.
        let low = next + 4 + 8 + 1
        guard low + 2 <= payload.count else { return nil }
        let lower = MySQLPacket.number(payload, at: low, size: 2)
        let upper = MySQLPacket.number(payload, at: low + 5, size: 2)
        capabilities = MySQLCapabilities(rawValue: lower | upper << 16)
        isMariaDB = MySQLGreeting.saysMariaDB(version)
    }

    private static func saysMariaDB(_ version: UnsafeRawBufferPointer) -> Bool {
        let name: StaticString = "mariadb"
        let wanted = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let version = version.prefix(128)
        guard version.count >= wanted.count else { return false }
        return (0...(version.count - wanted.count)).contains { start in
            wanted.indices.allSatisfy { version[start + $0] | 0x20 == wanted[$0] }
        }
    }
}

/// The client's answer to the greeting (`Protocol::HandshakeResponse41`).
struct MySQLLogin {
    /// What the client wants.
    var capabilities: MySQLCapabilities
    /// The database it wants to use; empty for none.
    var database: UnsafeRawBufferPointer
    /// Whether it is only the wish to go on by TLS.
    var isTLSRequest: Bool

    /// Length of a request to go on by TLS, bytes: the fixed part of the answer alone.
    private static let fixedLength = 32

    /// Reads a payload; nil when it is none of protocol 4.1.
    init?(_ payload: UnsafeRawBufferPointer, length: UInt64) {
        guard payload.count >= MySQLLogin.fixedLength else { return nil }
        capabilities = MySQLCapabilities(rawValue: MySQLPacket.number(payload, at: 0, size: 4))
        guard capabilities.contains(.protocol41) else { return nil }
        database = UnsafeRawBufferPointer(rebasing: payload[payload.count...])
        isTLSRequest = capabilities.contains(.tls) && length == UInt64(MySQLLogin.fixedLength)
        guard !isTLSRequest, capabilities.contains(.connectWithDatabase) else { return }
        var next = MySQLPacket.string(payload, at: MySQLLogin.fixedLength).next
        if capabilities.contains(.lengthEncodedPassword) {
            guard let password = MySQLPacket.lengthEncoded(payload, at: next), password.value < 1 << 16 else { return }
            next += password.size + Int(password.value)
        } else if capabilities.contains(.secureConnection) {
            guard next < payload.count else { return }
            next += 1 + Int(payload[next])
        } else {
            next = MySQLPacket.string(payload, at: next).next
        }
        database = MySQLPacket.string(payload, at: next).value
    }
}
