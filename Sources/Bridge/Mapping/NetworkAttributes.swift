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
            batch.append("network.peer.address", address: exchange.peer)
            batch.append("network.peer.port", int: Int64(exchange.peer.port))
            batch.append("network.local.address", address: exchange.local)
            batch.append("network.local.port", int: Int64(exchange.local.port))
        }
    }
}

extension SpanBatch {
    /// Adds an address as text.
    mutating func append(_ key: StaticString, address: Endpoint) {
        let range = address.withAddressText { append(bytes: $0) }
        append(Attribute(key: .known(key), value: .string(range)))
    }
}
