import Testing

@testable import Bridge
@testable import OTLP

/// What exporters count together with those whose place they took.
@Suite struct ExporterTotalTests {
    @Test func thoseOfOneNameAndSignalAreOne() {
        func total(_ name: String, _ signal: Signal, _ accepted: UInt64) -> ExporterTotal {
            var counters = ExporterCounters()
            counters.accepted = accepted
            return ExporterTotal(name: name, signal: signal, counters: counters)
        }
        var totals = [total("a", .traces, 1)]
        for other in [total("a", .traces, 2), total("a", .logs, 4), total("b", .traces, 8)] { totals.add(other) }
        #expect(totals.map(\.name) == ["a", "a", "b"])
        #expect(totals.map(\.counters.accepted) == [3, 4, 8])
    }
}
