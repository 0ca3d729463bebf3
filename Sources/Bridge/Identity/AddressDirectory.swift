internal import Capture
internal import OTLP

/// Identity in a replay, where no process is known: an address's name, as `--name` gives it, else `ADDR:PORT` of the
/// serving side and `ADDR` of the calling.
struct AddressDirectory: ResourceProvider {
    /// A name given on the command line for an address, with or without a port (0: any).
    struct Name: Sendable {
        var endpoint: Endpoint
        var name: String
    }

    private let names: [Name]
    private var known: [Endpoint: ResourceData] = [:]
    /// Most addresses that are remembered; beyond, all are forgotten and made anew.
    private let maximum = 65_536

    init(names: [Name]) { self.names = names }

    mutating func resource(for exchange: Exchange) -> ResourceData? {
        var key = exchange.local
        if exchange.end.role == .client { key.port = 0 }
        if let resource = known[key] { return resource }
        if known.count >= maximum { known.removeAll(keepingCapacity: true) }
        let resource = ResourceData(attributes: [("service.name", .string(name(of: key)))] + Agent.sdkAttributes)
        known[key] = resource
        return resource
    }

    mutating func fallback(for exchange: Exchange) -> ResourceData { resource(for: exchange)! }

    mutating func forget(_ process: ProcessKey) {}
    mutating func retire(_ process: ProcessKey, now: UInt64) {}

    private func name(of endpoint: Endpoint) -> String {
        let exact = names.first { $0.endpoint == endpoint }
        let address = names.first { $0.endpoint.port == 0 && $0.endpoint.isSameAddress(as: endpoint) }
        if let name = exact ?? address { return name.name }
        guard endpoint.port != 0 else { return endpoint.addressText }
        return endpoint.family == .ipv6
            ? "[\(endpoint.addressText)]:\(endpoint.port)" : "\(endpoint.addressText):\(endpoint.port)"
    }
}

extension Endpoint {
    fileprivate func isSameAddress(as other: Endpoint) -> Bool {
        family == other.family && high == other.high && low == other.low
    }
}
