internal import Capture

/// An IP address without a port, for looking up names. An IPv4 address that is written as an IPv6 one is the IPv4 address.
struct Address: Hashable, Sendable {
    private var high: UInt64
    private var low: UInt64

    /// The address of an end; IPv4 as IPv6 writes it (RFC 4291, section 2.5.5.2).
    init(_ endpoint: Endpoint) {
        let isShort = endpoint.family == .ipv4
        high = isShort ? 0 : endpoint.high
        low = isShort ? 0xFFFF_0000_0000 | endpoint.high >> 32 : endpoint.low
    }

    /// An IPv6 address, or an IPv4 one as IPv6 writes it.
    init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }
}
