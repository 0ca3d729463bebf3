import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

private struct KnownProvider: ResourceProvider {
    let resource = ResourceData(attributes: [("service.name", .string("known"))])
    mutating func resource(for exchange: Exchange) -> ResourceData? { resource }
    mutating func fallback(for exchange: Exchange) -> ResourceData { resource }
    mutating func forget(_ process: ProcessKey) {}
    mutating func retire(_ process: ProcessKey, now: UInt64) {}
}

/// What becomes of exchanges that were left out under overload, and of what hangs from them.
@Suite struct SheddingStageTests {
    private static let context = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]

    private func run(_ make: (inout Samples) -> [LinkedExchange]) -> (SpanBatch, StageCounters) {
        var stage = SpanStage(
            merger: Merger(options: MergeOptions(), reader: ContextReader(order: [.tracecontext])),
            provider: KnownProvider())
        var samples = Samples()
        var batch = LinkedBatch()
        batch.exchanges = make(&samples)
        batch.fields = samples.fields
        var spans = SpanBatch()
        stage.consume(batch, now: 0, into: &spans)
        stage.finish(into: &spans)
        let counters = stage.counters
        #expect(counters.closed == counters.spans + counters.unsampled + counters.twins + counters.shed)
        return (spans, counters)
    }

    @Test func whatIsLeftOutAtBothEndsIsNoSpan() {
        let (spans, counters) = run { samples in
            let client = Samples.end(1, .client)
            return [
                samples.linked(1, .client), samples.linked(1, .server, parent: client, method: .flow),
                samples.linked(1, .server, phase: .closed, parent: client, method: .flow, outcome: .shed),
                samples.linked(1, .client, phase: .closed, outcome: .shed),
            ]
        }
        #expect(spans.isEmpty && counters.shed == 2)
    }

    @Test func anEndThatWasHeldBackIsLeftOutWithTheOther() {
        let (spans, counters) = run { samples in
            let client = Samples.end(1, .client)
            return [
                samples.linked(1, .client), samples.linked(1, .server, parent: client, method: .flow),
                samples.linked(1, .server, phase: .closed, parent: client, method: .flow),
                samples.linked(1, .client, phase: .closed, outcome: .shedAfterOther),
            ]
        }
        #expect(spans.isEmpty && counters.shed == 2)
    }

    @Test func whereOneEndHasLeftTheOtherFollowsAsFarAsItWasSeen() {
        let (spans, counters) = run { samples in
            let client = Samples.end(1, .client)
            return [
                samples.linked(1, .client, headers: Self.context),
                samples.linked(1, .server, parent: client, method: .flow, headers: Self.context),
                samples.linked(1, .server, phase: .closed, parent: client, method: .flow, headers: Self.context),
                samples.linked(1, .client, phase: .closed, headers: Self.context, outcome: .shedAfterOther),
            ]
        }
        #expect(spans.count == 2 && counters.shed == 0)
        let incomplete = spans.attributes.filter { attribute in
            guard case .known(let key) = attribute.key else { return false }
            return key.description == "interspan.incomplete"
        }
        #expect(incomplete.count == 1)
        #expect(spans.spans.allSatisfy { $0.status != .error })
    }

    @Test(arguments: [true, false]) func whatWouldHangFromItHangsFromWhatItHungFrom(isOpenedBefore: Bool) {
        let (spans, counters) = run { samples in
            let server = Samples.end(1, .server)
            let opened = samples.linked(1, .server)
            let cut = samples.linked(1, .server, phase: .closed, outcome: .shed)
            let call = samples.linked(2, .client, parent: server)
            let answered = samples.linked(2, .client, phase: .closed, parent: server)
            return isOpenedBefore ? [opened, call, cut, answered] : [opened, cut, call, answered]
        }
        #expect(spans.count == 1 && counters.shed == 1)
        #expect(spans.spans.map(\.parentSpanID) == [0])
    }

    @Test func belowAContextItIsTheContextThatStandsIn() {
        let (spans, _) = run { samples in
            let server = Samples.end(1, .server)
            return [
                samples.linked(1, .server, headers: Self.context),
                samples.linked(1, .server, phase: .closed, headers: Self.context, outcome: .shed),
                samples.linked(2, .client, parent: server),
                samples.linked(2, .client, phase: .closed, parent: server),
            ]
        }
        #expect(spans.spans.map(\.parentSpanID) == [0xb7ad_6b71_6920_3331])
    }
}
