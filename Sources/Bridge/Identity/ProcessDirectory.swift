internal import Capture
internal import OTLP

/// Identity of live processes: each is looked up once, on threads of its own, and never changes within its life.
struct ProcessDirectory: ResourceProvider {
    /// How far the look-up of a process is.
    private enum Knowledge {
        /// Asked under this number.
        case asked(UInt64)
        /// What /proc tells, while others are asked about its container under this number.
        case preliminary(UInt64, ProcessAnswer)
        /// For the rest of its life.
        case settled(ResourceData, HostsFile)
    }

    private let resolver: ProcessResolver
    private var known: [ProcessKey: Knowledge] = [:]
    private var asked: UInt64 = 0
    /// Processes that ended, with when they may be forgotten, ns of CLOCK_MONOTONIC.
    private var retired: [(process: ProcessKey, until: UInt64)] = []
    /// How long a process is remembered after its end, ns.
    private static let grace: UInt64 = 10_000_000_000
    /// Most processes that are remembered; beyond, all are forgotten and looked up anew.
    private let maximum = 16_384

    init(resolver: ProcessResolver) { self.resolver = resolver }

    /// How many processes are remembered.
    var count: Int { known.count }

    mutating func resource(for exchange: Exchange) -> ResourceData? {
        let key = exchange.process.key
        switch known[key] {
        case .settled(let resource, _): return resource
        case .asked, .preliminary:
            collect()
            if case .settled(let resource, _) = known[key] { return resource }
        case nil:
            if known.count >= maximum { known.removeAll(keepingCapacity: true) }
            // Numbered, so that no answer about what a process was before is taken for what it has become.
            asked &+= 1
            if resolver.ask(.init(number: asked, process: exchange.process)) { known[key] = .asked(asked) }
        }
        return nil
    }

    mutating func fallback(for exchange: Exchange) -> ResourceData {
        let key = exchange.process.key
        // Kept, so that the process has the same name for the rest of its life.
        if case .preliminary(_, let answer) = known[key] {
            known[key] = .settled(answer.resource, answer.hosts)
            return answer.resource
        }
        let resource = resolver.source.fallback(exchange.process)
        known[key] = .settled(resource, .empty)
        return resource
    }

    func hosts(of process: ProcessKey) -> HostsFile {
        if case .settled(_, let hosts) = known[process] { hosts } else { .empty }
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
        for answer in resolver.answers() {
            let number: UInt64
            switch known[answer.process] {
            case .asked(let asked): number = asked
            case .preliminary(let asked, _): number = asked
            case .settled, nil: continue
            }
            guard number == answer.number else { continue }
            known[answer.process] =
                answer.isFinal ? .settled(answer.resource, answer.hosts) : .preliminary(number, answer)
        }
    }
}
