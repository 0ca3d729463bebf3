internal import Capture
internal import OTLP
internal import Threading

/// A process that talks: one with sockets that listen or are connected.
struct TalkingProcess: Equatable {
    var number: UInt32
    /// The path of its program; nil when it cannot be told.
    var executable: String?
    /// What its spans' `service.name` is.
    var service: String
    var containerID: String?
    /// The TCP ports at which it listens, in order.
    var ports: [UInt16]
    /// Whether it is an agent like this one, which leaves itself out.
    var isAgent: Bool
    var decision: ProcessSelection.Decision

    /// Most descriptors of a process that are looked at.
    private static let maximumDescriptors = 65_536

    /// All there are, by number.
    static func all(selection: ProcessSelection, containers: any ContainerLookup) -> [TalkingProcess] {
        var reader = ProcessReader(
            [.executable, .command, .cgroup, .container, .ports], ports: [], containers: containers)
        let names = ProcessResource()
        let own = ProcFS.link("/proc/self/exe")
        var tables: [UInt32: SocketTable] = [:]
        var processes: [TalkingProcess] = []
        for number in MetProcess.all().sorted() {
            guard let process = MetProcess(number: number), let namespace = ProcFS.networkNamespace(of: number) else {
                continue
            }
            let table = tables[namespace] ?? SocketTable.all(of: number)
            tables[namespace] = table
            guard talks(number, table) else { continue }
            let facts = reader.facts(of: number, user: process.user, now: Monotonic.now())
            let isAgent = own != nil && facts.executable == own
            processes.append(
                TalkingProcess(
                    number: number, executable: facts.executable, service: name(of: number, by: names),
                    containerID: facts.containerID, ports: facts.ports.sorted(), isAgent: isAgent,
                    decision: selection.decide(facts)))
        }
        return processes
    }

    private static func talks(_ number: UInt32, _ table: SocketTable) -> Bool {
        var found = false
        ProcFS.eachSocket(of: number, limit: maximumDescriptors) { inode in
            found = table.listening[inode] != nil || table.others.contains(inode)
            return !found
        }
        return found
    }

    private static func name(of number: UInt32, by names: ProcessResource) -> String {
        let key = ProcessKey(pid: number, start: names.start(of: number) ?? 0)
        let identity = ProcessIdentity(key: key, namespacePID: number, networkNamespace: 0, cgroup: 0, command: (0, 0))
        for (key, value) in names.resolve(identity).attributes where key == "service.name" {
            if case .string(let name) = value { return name }
        }
        return ""
    }
}
