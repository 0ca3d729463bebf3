internal import Capture
internal import OTLP

/// `network.*` of the semantic conventions: the addresses as the socket has them.
enum NetworkAttributes {
    static func append(_ exchange: Exchange, to batch: inout SpanBatch) {
        switch exchange.peer.family {
        case .unix:
            batch.append("network.transport", text: "unix")
        case .ipv4, .ipv6:
            batch.append("network.transport", text: exchange.isDatagram ? "udp" : "tcp")
            batch.append("network.type", text: exchange.peer.family == .ipv4 ? "ipv4" : "ipv6")
            append("network.peer.address", "network.peer.port", exchange.peer, to: &batch)
            append("network.local.address", "network.local.port", exchange.local, to: &batch)
        }
    }

    /// What is known of an end: of a UDP socket, not always its address, or that of its peer.
    private static func append(
        _ address: StaticString, _ port: StaticString, _ endpoint: Endpoint, to batch: inout SpanBatch
    ) {
        if !endpoint.isUnspecified { batch.append(address, address: endpoint) }
        if endpoint.port != 0 { batch.append(port, int: Int64(endpoint.port)) }
    }
}

extension SpanBatch {
    /// Adds an address as text.
    mutating func append(_ key: StaticString, address: Endpoint) {
        var range = ArenaRange.empty
        address.withAddressText { range = append(bytes: $0) }
        append(Attribute(key: .known(key), value: .string(range)))
    }
}
