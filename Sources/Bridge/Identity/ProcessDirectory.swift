internal import Capture
internal import OTLP
internal import Synchronization
internal import Threading

/// Identity of live processes: each is looked up once, on a thread of its own, and never changes within its life.
struct ProcessDirectory: ResourceProvider {
    private let resolver: ProcessResolver
    private var known: [ProcessKey: ResourceData?] = [:]
    /// Processes that ended, with when they may be forgotten, ns of CLOCK_MONOTONIC.
    private var retired: [(process: ProcessKey, until: UInt64)] = []
    /// How long a process is remembered after its end, ns.
    private static let grace: UInt64 = 10_000_000_000
    /// Most processes that are remembered; beyond, all are forgotten and looked up anew.
    private let maximum = 16_384

    init(resolver: ProcessResolver) { self.resolver = resolver }

    mutating func resource(for exchange: Exchange) -> ResourceData? {
        let key = exchange.process.key
        if let entry = known[key] {
            if let resource = entry { return resource }
            collect()
            return known[key] ?? nil
        }
        if known.count >= maximum { known.removeAll(keepingCapacity: true) }
        if resolver.ask(exchange.process) {
            known.updateValue(nil, forKey: key)
            return nil
        }
        return nil
    }

    mutating func fallback(for exchange: Exchange) -> ResourceData {
        // Kept, so that the process has the same name for the rest of its life.
        let resource = resolver.source.fallback(exchange.process)
        known[exchange.process.key] = resource
        return resource
    }

    mutating func forget(_ process: ProcessKey) { known[process] = nil }

    mutating func retire(_ process: ProcessKey, now: UInt64) {
        if known[process] != nil { retired.append((process, now &+ ProcessDirectory.grace)) }
        var gone = 0
        while gone < retired.count, retired[gone].until <= now {
            known[retired[gone].process] = nil
            gone += 1
        }
        if gone > 0 { retired.removeFirst(gone) }
    }

    private mutating func collect() {
        for (key, resource) in resolver.answers() where known[key] != nil { known[key] = resource }
    }
}

/// The thread that reads /proc. Questions and answers cross by two bounded queues.
final class ProcessResolver: Sendable {
    /// What is asked.
    let source: ProcessResource
    private let questions = BoundedQueue<ProcessIdentity>(capacity: 4096)
    private let resolved = Mutex<[(ProcessKey, ResourceData)]>([])

    init(source: ProcessResource) { self.source = source }

    /// Starts the thread, which ends after ``stop()``.
    func start() throws(ThreadError) -> OSThread {
        try OSThread(name: "identity") { [self] in
            while let process = questions.pop() {
                let resource = source.resolve(process)
                resolved.withLock { $0.append((process.key, resource)) }
            }
        }
    }

    /// Lets the thread end.
    func stop() { questions.close() }

    /// Asks for a process; false when too much has been asked already.
    func ask(_ process: ProcessIdentity) -> Bool { questions.push(process) }

    /// What has been found out since the last call.
    func answers() -> [(ProcessKey, ResourceData)] {
        resolved.withLock { pending in
            defer { pending.removeAll(keepingCapacity: true) }
            return pending
        }
    }
}
