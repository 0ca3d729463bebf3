/// Whose host the capture was made on: an end of a connection is *observed* when its address is here.
///
/// Here are: loopback addresses; the networks that were asked for; addresses that a pcapng names as its interfaces';
/// and what Linux cooked headers show, the source of a packet that was sent and the destination of one that arrived. The
/// last is learned as packets come, per address and for good, so that a connection joined in the middle has both its
/// ends from its first packet on if any packet before it showed the address.
struct Locality {
    /// Most addresses that are learned; a host with more interfaces than this names them as a network.
    static let maximumAddresses = 65_536

    private let networks: [Network]
    private var learned: Set<Endpoint> = []
    /// Counts what was learned, so that others can see that what they asked may have changed.
    private(set) var generation: UInt32 = 0

    init(networks: [Network]) {
        self.networks = networks
    }

    /// Whether an address is here, whatever its port.
    func contains(_ endpoint: Endpoint) -> Bool {
        if endpoint.isLoopback || networks.contains(where: { $0.contains(endpoint) }) { return true }
        guard !learned.isEmpty else { return false }
        return learned.contains(address(endpoint))
    }

    /// Takes note that an address is here.
    mutating func learn(_ endpoint: Endpoint) {
        guard learned.count < Locality.maximumAddresses, learned.insert(address(endpoint)).inserted else { return }
        generation &+= 1
    }

    private func address(_ endpoint: Endpoint) -> Endpoint {
        var address = endpoint
        address.port = 0
        return address
    }
}
