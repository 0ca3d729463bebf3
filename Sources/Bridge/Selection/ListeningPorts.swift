/// Where processes listen. What is known of a network namespace is kept for a moment, since all processes are asked for at
/// once, and most share one.
struct ListeningPorts {
    /// How long that is believed, ns.
    private static let freshness: UInt64 = 100_000_000
    /// Most network namespaces that are kept.
    private static let maximumNamespaces = 256
    /// Most descriptors of a process that are looked at: those that listen are among its first.
    private static let maximumDescriptors = 4096

    private let wanted: [PortRange]
    private var tables: [UInt32: (ports: [UInt64: UInt16], until: UInt64)] = [:]

    /// For these ports; empty for all.
    init(wanted: [PortRange]) { self.wanted = wanted }

    /// The ports at which a process listens.
    ///
    /// - Parameters:
    ///   - namespace: its network namespace.
    ///   - now: ns of CLOCK_MONOTONIC.
    mutating func ports(of process: UInt32, in namespace: UInt32, now: UInt64) -> Set<UInt16> {
        let table = table(namespace, process, now: now)
        guard !table.isEmpty else { return [] }
        var ports: Set<UInt16> = []
        ProcFS.eachSocket(of: process, limit: ListeningPorts.maximumDescriptors) { inode in
            if let port = table[inode] { ports.insert(port) }
            return true
        }
        return ports
    }

    /// Whether a port is among those that matter.
    func isWanted(_ port: UInt16) -> Bool { wanted.isEmpty || wanted.contains { $0.ports.contains(port) } }

    private mutating func table(_ namespace: UInt32, _ process: UInt32, now: UInt64) -> [UInt64: UInt16] {
        if let known = tables[namespace], now < known.until { return known.ports }
        if tables.count >= ListeningPorts.maximumNamespaces { tables.removeAll(keepingCapacity: true) }
        let ports = SocketTable.listening(of: process).listening.filter { isWanted($0.value) }
        tables[namespace] = (ports, now &+ ListeningPorts.freshness)
        return ports
    }
}
