/// Reads what /proc tells of processes.
struct ProcessReader {
    /// Most bytes of a command line that are held against a pattern.
    private static let maximumCommand = 4096

    private let kinds: FactKinds
    private let containers: any ContainerLookup
    private var listening: ListeningPorts

    /// For rules.
    init(_ rules: [SelectionRule], containers: any ContainerLookup) {
        self.init(FactKinds(rules), ports: rules.flatMap(\.ports), containers: containers)
    }

    /// For these kinds of facts.
    init(_ kinds: FactKinds, ports: [PortRange], containers: any ContainerLookup) {
        self.kinds = kinds
        self.containers = containers
        listening = ListeningPorts(wanted: ports)
    }

    /// The facts of a process; what cannot be read is left out.
    ///
    /// - Parameters:
    ///   - user: its effective user.
    ///   - port: where it has just begun to listen, which /proc may not tell yet.
    ///   - now: ns of CLOCK_MONOTONIC.
    mutating func facts(of number: UInt32, user: UInt32, port: UInt16? = nil, now: UInt64) -> SelectionFacts {
        var facts = SelectionFacts(number: number, user: user)
        let folder = "/proc/\(number)"
        if kinds.contains(.executable) {
            facts.executable = ProcFS.link(folder + "/exe").map(ProcessReader.withoutMark)
        }
        if kinds.contains(.command) {
            facts.command = ProcFS.read(folder + "/cmdline", limit: ProcessReader.maximumCommand).map {
                $0.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
            }
        }
        if kinds.contains(.cgroup), let file = ProcFS.read(folder + "/cgroup") {
            let place = SelectionPlace(file)
            (facts.units, facts.containerID, facts.podUID) = (place.units, place.containerID, place.podUID)
        }
        if kinds.contains(.container), facts.containerID != nil || facts.podUID != nil {
            facts.container = containers.facts(container: facts.containerID, pod: facts.podUID)
        }
        facts.networkNamespace = ProcFS.networkNamespace(of: number) ?? 0
        if kinds.contains(.ports) {
            facts.ports = listening.ports(of: number, in: facts.networkNamespace, now: now)
            if let port, port != 0, listening.isWanted(port) { facts.ports.insert(port) }
        }
        return facts
    }

    /// The kernel marks the path of a file that was removed, or replaced by a newer version.
    private static func withoutMark(_ path: String) -> String {
        path.hasSuffix(" (deleted)") ? String(path.dropLast(10)) : path
    }
}
