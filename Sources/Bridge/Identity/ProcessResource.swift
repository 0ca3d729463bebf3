internal import Capture
internal import OTLP

/// Builds the resource of a process from what /proc tells of it, and what others know of its container.
struct ProcessResource: Sendable {
    private let host: [(key: String, value: ResourceValue)]
    private let instances = InstanceIDs()
    private let hostsFiles = HostsFiles()

    init() { host = HostAttributes.read() }

    /// What /proc tells of a process; nil of one that is gone, or not ours to read.
    func facts(of process: ProcessIdentity) -> ProcessFacts? {
        guard process.namespacePID != 0, instances.isSame(process) else { return nil }
        let facts = ProcessFacts(pid: process.namespacePID, hostsFiles: hostsFiles)
        // Looked at again: between the reads it may have ended, and its number gone to another.
        return instances.isSame(process) ? facts : nil
    }

    /// Everything that can be found out without asking anybody. What is gone, or not ours to read, is left out.
    func resolve(_ process: ProcessIdentity) -> ResourceData {
        guard let facts = facts(of: process) else { return fallback(process) }
        return resource(of: process, facts, container: nil)
    }

    /// The resource of a process.
    ///
    /// - Parameters:
    ///   - process: the process.
    ///   - facts: what /proc tells of it.
    ///   - container: what others know of its container.
    func resource(of process: ProcessIdentity, _ facts: ProcessFacts, container: ContainerMetadata?) -> ResourceData {
        let declared = facts.declared
        let naming = ServiceNaming(facts, container, command: process.commandText)
        var attributes = ResourceAttributes()
        attributes.add("service.name", naming.name)
        addProcess(process, facts, to: &attributes)
        attributes.add(host)
        attributes.add(Agent.sdkAttributes)
        attributes.add("container.id", facts.place.containerID)
        // What a process says of itself goes before what is said of it, but for what anybody can see.
        attributes.add(declared.attributes.map { ($0.key, .string($0.value)) })
        attributes.add("service.namespace", naming.namespace)
        attributes.add("service.version", naming.version)
        attributes.add("service.instance.id", naming.instance ?? instances.id(of: process.key))
        ContainerAttributes.add(facts.place, container, to: &attributes)
        return ResourceData(attributes: attributes.all)
    }

    /// When a process started, as a record would say it to the tick, ns; nil when it is gone.
    func start(of number: UInt32) -> UInt64? { instances.start(of: number) }

    /// What the records alone tell.
    func fallback(_ process: ProcessIdentity) -> ResourceData {
        let command = process.commandText
        var attributes = ResourceAttributes()
        attributes.add("service.name", command.isEmpty ? "unknown_service" : command)
        addProcess(process, nil, to: &attributes)
        attributes.add(host)
        attributes.add(Agent.sdkAttributes)
        attributes.add("service.instance.id", instances.id(of: process.key))
        return ResourceData(attributes: attributes.all)
    }

    /// `process.*`. Arguments are left out: people put secrets there.
    private func addProcess(_ process: ProcessIdentity, _ facts: ProcessFacts?, to attributes: inout ResourceAttributes)
    {
        let pid = process.namespacePID != 0 ? process.namespacePID : process.key.pid
        attributes.add([("process.pid", .int(Int64(pid)))])
        attributes.add("process.command", process.commandText)
        guard let executable = facts?.executable else { return }
        attributes.add("process.executable.path", executable)
        attributes.add("process.executable.name", String(executable.split(separator: "/").last ?? ""))
    }
}

extension ProcessIdentity {
    /// The thread's name as text.
    var commandText: String {
        withUnsafeBytes(of: command) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
