/// One end's address.
public struct Endpoint: Hashable, Sendable {
    /// What kind of address it is.
    public enum Family: UInt8, Sendable {
        case ipv4 = 4
        case ipv6 = 6
        /// AF_UNIX: ``high`` is a number that both ends know the socket by.
        case unix = 1
    }

    /// What kind of address it is.
    public var family: Family
    /// Host byte order; 0 for AF_UNIX.
    public var port: UInt16
    /// The first 8 bytes of the address, as a big-endian number. IPv4: its 4 bytes in the upper half.
    public var high: UInt64
    /// The last 8 bytes (IPv6), else 0.
    public var low: UInt64

    /// An address from its parts.
    public init(family: Family, port: UInt16, high: UInt64, low: UInt64) {
        self.family = family
        self.port = port
        self.high = high
        self.low = low
    }

    /// An IPv4 address from its number (127.0.0.1 is 0x7F000001).
    public init(ipv4: UInt32, port: UInt16) {
        self.init(family: .ipv4, port: port, high: UInt64(ipv4) << 32, low: 0)
    }

    /// An address from the bytes as they stand in a packet or a record, of which an IPv4 address has 4.
    public init(family: Family, port: UInt16, bytes: UnsafeRawBufferPointer) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<min(bytes.count, 8) { high |= UInt64(bytes[index]) << UInt64(56 - 8 * index) }
        if family == .ipv4 { high &= 0xFFFF_FFFF_0000_0000 }
        if family == .ipv6, bytes.count >= 16 {
            for index in 0..<8 { low |= UInt64(bytes[8 + index]) << UInt64(56 - 8 * index) }
        }
        self.init(family: family, port: port, high: high, low: low)
    }

    /// Whether it is no address but every one of the host's: that of a UDP socket that is bound to none.
    public var isUnspecified: Bool { family != .unix && high == 0 && low == 0 }

    /// Whether it is 127.0.0.0/8, ::1, or an IPv4-mapped loopback address.
    public var isLoopback: Bool {
        switch family {
        case .ipv4: high >> 56 == 127
        case .ipv6: high == 0 && (low == 1 || (low >> 32 == 0xFFFF && (low >> 24) & 0xFF == 127))
        case .unix: true
        }
    }
}
