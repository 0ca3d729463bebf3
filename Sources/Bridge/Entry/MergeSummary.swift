internal import Propagation

/// What was counted of contexts, of merging and of the spans that were joined: a line each, with what is not zero.
struct MergeSummary {
    /// The lines, with what was counted by name.
    let lines: [(name: String, counts: [(name: String, count: UInt64)])]

    /// Of what Bridge's thread and the queue before it counted.
    init(_ bridge: BridgeThread.Counters, _ queue: ReceivedQueue.Counters) {
        let received = [("refused", queue.refused)] + Self.counts(of: bridge.received)
        lines = [
            ("context summary", Self.counts(of: bridge.propagation)),
            ("merge summary", Self.counts(of: bridge.merge)),
            ("received span summary", received),
        ].map { ($0, $1.filter { $0.count > 0 }) }
    }

    /// By dialect and by what became of its contexts: `sw8_invalid`.
    private static func counts(of counters: PropagationCounters) -> [(name: String, count: UInt64)] {
        Propagator.allCases.flatMap { propagator in
            ContextOutcome.allCases.map { outcome in
                (propagator.rawValue + "_" + "\(outcome)".snakeCase, counters[propagator, outcome])
            }
        }
    }

    /// A value's counters by their names. By reflection, so that none can be forgotten here.
    private static func counts(of counters: Any) -> [(name: String, count: UInt64)] {
        Mirror(reflecting: counters).children.flatMap { child -> [(name: String, count: UInt64)] in
            guard let name = child.label?.snakeCase else { return [] }
            if let count = child.value as? UInt64 { return [(name, count)] }
            return Self.counts(of: child.value).map { (name + "_" + $0.name, $0.count) }
        }
    }
}
