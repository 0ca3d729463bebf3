internal import Capture
internal import OTLP

/// Services whose spans pass through us, and which of the observed processes are theirs.
///
/// A process is a sender when its spans' resource has its process number and host, its `service.instance.id`, or its
/// `service.name`; when it is at the other end of a connection that brought spans; or when a span of it turned out to be
/// about an exchange of that process. Bounded: what nothing was heard of for longest makes room.
struct Senders: Sendable {
    /// Most services, and most processes, that are remembered.
    static let maximum = 16_384

    /// What the name of an observed process is compared by.
    struct Identity {
        var serviceName = ""
        var serviceInstance = ""
        var hostName = ""
        /// Its number in our pid namespace, else in the kernel's.
        var processID: Int32 = 0
        /// Until when its spans pass through, as far as is known; ns of the wall clock.
        var sendsUntil: UInt64 = 0
    }

    /// How long one that has sent counts as a sender, ns.
    var ttl: UInt64
    /// Until when each is known to send, ns of the wall clock.
    private var services: [String: UInt64] = [:]
    private var instances: [String: UInt64] = [:]
    private var processNumbers: [Int32: (host: String, until: UInt64)] = [:]
    private var processes: [ProcessKey: Identity] = [:]

    /// - Parameter ttl: how long one that has sent counts as a sender, ns.
    init(ttl: UInt64) { self.ttl = ttl }

    /// Whether anybody has ever sent anything.
    var isEmpty: Bool { services.isEmpty && instances.isEmpty && processNumbers.isEmpty }

    /// Spans of a resource have come.
    ///
    /// - Parameter now: ns of the wall clock.
    mutating func received(_ resource: ReceivedResource, now: UInt64) {
        let until = now &+ ttl
        if !resource.serviceName.isEmpty {
            if services.count >= Senders.maximum { services.removeAll() }
            services[resource.serviceName] = until
        }
        if !resource.serviceInstance.isEmpty {
            if instances.count >= Senders.maximum { instances.removeAll() }
            instances[resource.serviceInstance] = until
        }
        if resource.processID > 0 {
            if processNumbers.count >= Senders.maximum { processNumbers.removeAll() }
            processNumbers[resource.processID] = (resource.hostName, until)
        }
    }

    /// An observed process has been identified.
    mutating func identified(_ process: ProcessIdentity, as resource: ResourceData) {
        guard processes[process.key] == nil else { return }
        if processes.count >= Senders.maximum { processes.removeAll() }
        processes[process.key] = Identity(
            serviceName: resource.serviceName, serviceInstance: resource.text("service.instance.id"),
            hostName: resource.text("host.name"),
            processID: Int32(truncatingIfNeeded: process.namespacePID != 0 ? process.namespacePID : process.key.pid))
    }

    /// A span of an SDK has proved to be about an exchange of a process.
    ///
    /// - Parameter now: ns of the wall clock.
    mutating func bind(_ process: ProcessKey, now: UInt64) { processes[process]?.sendsUntil = now &+ ttl }

    /// A process has ended or replaced its program.
    mutating func forget(_ process: ProcessKey) { processes[process] = nil }

    /// Whether spans of a process pass through us.
    ///
    /// - Parameter now: ns of the wall clock.
    func passes(_ process: ProcessKey, now: UInt64) -> Bool {
        guard let identity = processes[process] else { return false }
        if identity.sendsUntil > now { return true }
        if let until = instances[identity.serviceInstance], until > now { return true }
        if let (host, until) = processNumbers[identity.processID], until > now,
            host.isEmpty || host == identity.hostName
        {
            return true
        }
        guard let until = services[identity.serviceName] else { return false }
        return until > now
    }

    /// How well a process agrees with who made a span; see ``Agreement``.
    func agreement(of process: ProcessKey, with maker: SpanMaker) -> Agreement {
        let isSender = maker.process == process
        guard let identity = processes[process] else { return isSender ? .connection : .unknown }
        let resource = maker.resource
        let isSameHost = resource.hostName.isEmpty || resource.hostName == identity.hostName
        if resource.processID > 0, resource.processID == identity.processID, isSameHost { return .process }
        if isSender { return .connection }
        if !resource.serviceInstance.isEmpty, resource.serviceInstance == identity.serviceInstance { return .instance }
        if !resource.serviceName.isEmpty, resource.serviceName == identity.serviceName { return .service }
        return .none
    }

    /// What a process and who made a span have in common, from least to most.
    enum Agreement: Int, Comparable {
        /// The process was not identified yet, or is gone.
        case unknown = -1
        /// Nothing.
        case none = 0
        /// `service.name`.
        case service = 1
        /// `service.instance.id`.
        case instance = 2
        /// The connection that brought the span.
        case connection = 3
        /// `process.pid` and host.
        case process = 4

        static func < (one: Agreement, other: Agreement) -> Bool { one.rawValue < other.rawValue }
    }
}

/// Who made a span, as far as can be told.
struct SpanMaker {
    /// Whose it says it is.
    var resource: ReceivedResource
    /// The process at the other end of the connection that brought it: its own, or one that collects what others send.
    var process: ProcessKey?
}

extension ResourceData {
    /// The text of an attribute; empty if it is absent or no text.
    fileprivate func text(_ key: String) -> String {
        guard case .string(let text)? = attributes.first(where: { $0.key == key })?.value else { return "" }
        return text
    }
}
