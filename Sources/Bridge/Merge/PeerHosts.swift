internal import Capture

/// Other hosts that run interspan, as `receivers.ebpf.peers` names them.
struct PeerHosts: Sendable, Equatable {
    /// Most ranges there can be: each exchange with another host is compared with all of them.
    static let maximum = 256

    private let networks: [Network]

    /// - Parameter networks: where those hosts are.
    init(_ networks: [Network] = []) { self.networks = networks }

    /// Whether an address is one of theirs. An IPv4 address that a socket of IPv6 has for its peer (`::ffff:10.0.0.1`) is
    /// that address. This host is no other host.
    func contains(_ peer: Endpoint) -> Bool {
        guard !networks.isEmpty, !peer.isLoopback else { return false }
        if networks.contains(where: { $0.contains(peer) }) { return true }
        guard let plain = peer.mappedIPv4 else { return false }
        return networks.contains { $0.contains(plain) }
    }
}

extension Endpoint {
    /// The IPv4 address that an IPv6 address stands for (RFC 4291, section 2.5.5.2).
    fileprivate var mappedIPv4: Endpoint? {
        guard family == .ipv6, high == 0, low >> 32 == 0xFFFF else { return nil }
        return Endpoint(ipv4: UInt32(truncatingIfNeeded: low), port: port)
    }
}
