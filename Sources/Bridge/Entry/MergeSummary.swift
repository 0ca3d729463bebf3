internal import Propagation

/// What was counted of contexts, of merging, of the spans that were joined and of spans' texts: a line each, with what is not zero.
struct MergeSummary {
    /// The lines, with what was counted by name.
    let lines: [(name: String, counts: [(name: String, count: UInt64)])]

    /// Of what Bridge's thread and the queue before it counted.
    init(_ bridge: BridgeThread.Counters, _ queue: ReceivedQueue.Counters) {
        let received = [("refused", queue.refused)] + CounterFields.of(bridge.received)
        lines = [
            ("context summary", Self.counts(of: bridge.propagation)),
            ("merge summary", CounterFields.of(bridge.merge)),
            ("received span summary", received),
            ("sample summary", bridge.sample.map(CounterFields.of) ?? []),
            ("mapping summary", CounterFields.of(bridge.mapping)),
            ("proof summary", [("proved", bridge.proved), ("unheard", bridge.unheardProofs)]),
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
}
