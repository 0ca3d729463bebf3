/// Where a request came from: the other end of a connection that a receiver accepted.
public struct SenderAddress: Hashable, Sendable {
    /// The first half of its address as it stands in a packet; of IPv4, whose other parts are 0, the upper 32 bits.
    public let high: UInt64
    /// The second half.
    public let low: UInt64
    /// Whether it is an address of IPv6; IPv4 in IPv6 is IPv4.
    public let isIPv6: Bool
    /// Its port.
    public let port: UInt16
    /// The port of ours that it came to.
    public let listener: UInt16

    /// An address.
    ///
    /// - Parameters:
    ///   - bytes: 4 or 16, in network byte order; nil is returned for any other number.
    ///   - port: its port.
    ///   - listener: the port of ours that it came to.
    public init?(bytes: some Collection<UInt8>, port: UInt16, listener: UInt16) {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.port = port
        self.listener = listener
        switch bytes.count {
        case 4: (high, low, isIPv6) = (number(bytes) << 32, 0, false)
        case 16:
            let (first, second) = (number(bytes.prefix(8)), number(bytes.dropFirst(8)))
            // ::ffff:a.b.c.d
            let isMapped = first == 0 && second >> 32 == 0xffff
            (high, low, isIPv6) = isMapped ? (second << 32, 0, false) : (first, second, true)
        default: return nil
        }
    }
}
