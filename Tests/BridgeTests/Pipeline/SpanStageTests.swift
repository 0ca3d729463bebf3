import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Knows a process after it was asked about it so many times.
private struct SlowProvider: ResourceProvider {
    var answersAfter: Int
    var asked: [ProcessKey: Int] = [:]
    let resource = ResourceData(attributes: [("service.name", .string("known"))])
    let unknown = ResourceData(attributes: [("service.name", .string("fallback"))])

    mutating func resource(for exchange: Exchange) -> ResourceData? {
        asked[exchange.process.key, default: 0] += 1
        return asked[exchange.process.key]! > answersAfter ? resource : nil
    }

    mutating func fallback(for exchange: Exchange) -> ResourceData { unknown }
    mutating func forget(_ process: ProcessKey) {}
    mutating func retire(_ process: ProcessKey, now: UInt64) {}
}

@Suite struct SpanStageTests {
    private static let unsampled = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")]

    private func stage(answersAfter: Int) -> SpanStage<SlowProvider> {
        SpanStage(
            merger: Merger(options: MergeOptions(), reader: ContextReader(order: [.tracecontext])),
            provider: SlowProvider(answersAfter: answersAfter))
    }

    private func batch(_ make: (inout Samples) -> [LinkedExchange]) -> LinkedBatch {
        var samples = Samples()
        var batch = LinkedBatch()
        batch.exchanges = make(&samples)
        batch.fields = samples.fields
        return batch
    }

    private func service(of index: Int, in spans: SpanBatch) -> String {
        spans.resources[Int(spans.spans[index].resource)].serviceName
    }

    @Test func closedExchangeOfAKnownProcessLeavesAtOnce() {
        var stage = stage(answersAfter: 0)
        var spans = SpanBatch()
        stage.consume(
            batch { [$0.linked(1, .server), $0.linked(1, .server, phase: .closed)] }, now: 0, into: &spans)
        #expect(spans.count == 1)
        #expect(service(of: 0, in: spans) == "known")
        #expect(stage.counters.closed == 1 && stage.counters.spans == 1)
    }

    @Test func spanWaitsForIdentityAndKeepsItsFields() {
        var stage = stage(answersAfter: 3)
        var spans = SpanBatch()
        stage.consume(
            batch {
                [
                    $0.linked(1, .server, target: "/a/long/path"),
                    $0.linked(1, .server, phase: .closed, target: "/a/long/path"),
                ]
            },
            now: 0, into: &spans)
        #expect(spans.isEmpty && stage.waitingCount == 1)
        stage.retry(now: 1, into: &spans)
        #expect(stage.waitingCount == 0)
        #expect(service(of: 0, in: spans) == "known")
        let paths = spans.attributes.compactMap { attribute -> String? in
            guard case .known(let key) = attribute.key, key.description == "url.path",
                case .string(let range) = attribute.value
            else { return nil }
            return spans.string(range)
        }
        #expect(paths == ["/a/long/path"])
    }

    @Test(arguments: [3_600_000_000_000, -3_600_000_000_000] as [Int64])
    func aSpanThatWasOpenWhileTheClockWasSetIsAsLongAsItWas(step: Int64) {
        var stage = stage(answersAfter: 0)
        var spans = SpanBatch()
        let epoch: Int64 = 1_000_000_000_000_000_000
        var opened = batch { [$0.linked(1, .server)] }
        opened.wallClockOffset = epoch
        stage.consume(opened, now: 0, into: &spans)
        var closed = batch { [$0.linked(1, .server, phase: .closed)] }
        closed.wallClockOffset = epoch + step
        stage.consume(closed, now: 1, into: &spans)
        #expect(spans.count == 1)
        #expect(spans.spans[0].start == UInt64(epoch + step + 1000))
        #expect(spans.spans[0].end == UInt64(epoch + step + 1200))
    }

    @Test func patienceEndsAfterTwoSeconds() {
        var stage = stage(answersAfter: .max)
        var spans = SpanBatch()
        stage.consume(
            batch { [$0.linked(1, .server), $0.linked(1, .server, phase: .closed)] }, now: 5, into: &spans)
        stage.retry(now: 2_000_000_004, into: &spans)
        #expect(spans.isEmpty)
        stage.retry(now: 2_000_000_005, into: &spans)
        #expect(service(of: 0, in: spans) == "fallback")
        #expect(stage.counters.unidentified == 1)
    }

    @Test func nothingWaitsPastTheEnd() {
        var stage = stage(answersAfter: .max)
        var spans = SpanBatch()
        stage.consume(
            batch { samples in
                (1...10).flatMap { [samples.linked($0, .client), samples.linked($0, .client, phase: .closed)] }
            },
            now: 0, into: &spans)
        stage.finish(into: &spans)
        #expect(spans.count == 10 && stage.waitingCount == 0)
    }

    @Test func unsampledExchangeIsCountedAndNotExported() {
        var stage = stage(answersAfter: 0)
        var spans = SpanBatch()
        stage.consume(
            batch {
                [
                    $0.linked(1, .server, headers: Self.unsampled),
                    $0.linked(1, .server, phase: .closed, headers: Self.unsampled),
                ]
            }, now: 0, into: &spans)
        #expect(spans.isEmpty)
        #expect(stage.counters.closed == 1 && stage.counters.unsampled == 1 && stage.counters.spans == 0)
    }

    @Test func spansOfATraceOfOurOwnWaitForItsRoot() {
        var stage = stage(answersAfter: 0)
        var spans = SpanBatch()
        let context = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
        stage.consume(
            batch { samples in
                [
                    samples.linked(1, .server), samples.linked(2, .client, parent: Samples.end(1, .server)),
                    samples.linked(2, .client, phase: .closed, parent: Samples.end(1, .server)),
                ]
            }, now: 0, into: &spans)
        #expect(spans.isEmpty && stage.waitingCount == 1)
        stage.consume(
            batch { samples in
                [samples.linked(3, .client, parent: Samples.end(1, .server), headers: context)]
            }, now: 1, into: &spans)
        #expect(spans.count == 1 && stage.waitingCount == 0)
        stage.consume(
            batch { samples in
                [
                    samples.linked(3, .client, phase: .closed, parent: Samples.end(1, .server), headers: context),
                    samples.linked(1, .server, phase: .closed),
                ]
            }, now: 2, into: &spans)
        #expect(spans.count == 3)
        #expect(Set(spans.spans.map(\.traceID)) == [TraceID(high: 0x0af7_6519_16cd_43dd, low: 0x8448_eb21_1c80_319c)])
    }

    @Test func aRootThatDoesNotEndIsNotWaitedForLongerThanTwoSeconds() {
        var stage = stage(answersAfter: 0)
        var spans = SpanBatch()
        stage.consume(
            batch { samples in
                [
                    samples.linked(1, .server), samples.linked(2, .client, parent: Samples.end(1, .server)),
                    samples.linked(2, .client, phase: .closed, parent: Samples.end(1, .server)),
                ]
            }, now: 10, into: &spans)
        stage.retry(now: 2_000_000_009, into: &spans)
        #expect(spans.isEmpty)
        stage.retry(now: 2_000_000_010, into: &spans)
        #expect(spans.count == 1 && stage.waitingCount == 0)
    }

    @Test func spansThatAnSDKMadeAsWellAreLeftOutAndWhatHangsFromThemFollows() {
        var options = MergeOptions()
        options.receivedSpans = .drop
        options.wait = 100
        var stage = SpanStage(
            merger: Merger(options: options, reader: ContextReader()), provider: SlowProvider(answersAfter: 0))
        var spans = SpanBatch()
        let context = [("traceparent", "00-0000000000000000000000000000000a-00000000000000bb-01")]
        stage.consume(
            batch { samples in
                [
                    samples.linked(1, .server, headers: context),
                    samples.linked(2, .client, parent: Samples.end(1, .server)),
                    samples.linked(2, .client, phase: .closed, parent: Samples.end(1, .server)),
                    samples.linked(1, .server, phase: .closed, headers: context),
                ]
            }, now: 10, into: &spans)
        #expect(spans.isEmpty && stage.waitingCount == 2)
        let received = ReceivedSpan(
            traceID: TraceID(high: 0, low: 0xA), spanID: 0xCC, parentSpanID: 0xBB, kind: .server, start: 1000,
            end: 1100, resource: 0)
        _ = stage.merger.decide(received, index: 0, of: ReceivedResource(), from: nil, mustDecide: true, now: 2000)
        stage.retry(now: 111, into: &spans)
        #expect(spans.count == 1 && spans.spans[0].parentSpanID == 0xCC)
        #expect(stage.counters.closed == 2 && stage.counters.spans == 1 && stage.counters.twins == 1)
        #expect(stage.waitingCount == 0)
    }

    @Test func baggageThatIsAskedForBecomesAttributes() {
        var options = MergeOptions()
        options.baggage = ["tenant"]
        var stage = SpanStage(
            merger: Merger(options: options, reader: ContextReader()), provider: SlowProvider(answersAfter: 0))
        var spans = SpanBatch()
        let headers = [("baggage", "user=ada,tenant=gold%20one;prop=1")]
        stage.consume(
            batch { samples in
                [
                    samples.linked(1, .server, headers: headers),
                    samples.linked(1, .server, phase: .closed, headers: headers),
                ]
            }, now: 0, into: &spans)
        let named = spans.attributes.compactMap { attribute -> String? in
            guard case .named(let key) = attribute.key, case .string(let value) = attribute.value else { return nil }
            return "\(spans.string(key))=\(spans.string(value))"
        }
        #expect(named == ["baggage.tenant=gold one"])
    }

    @Test func telemetryIsCountedByWhatItIsAndNotExported() {
        var stage = stage(answersAfter: 0)
        var spans = SpanBatch()
        let agent: [(FieldKey, String)] = [(.userAgent, "Prometheus/2.45.0")]
        stage.consume(
            batch {
                [
                    $0.linked(1, .server, others: agent),
                    $0.linked(2, .client, parent: Samples.end(1, .server)),
                    $0.linked(2, .client, phase: .closed, parent: Samples.end(1, .server)),
                    $0.linked(1, .server, phase: .closed, others: agent), $0.linked(3, .server),
                    $0.linked(3, .server, phase: .closed),
                ]
            }, now: 0, into: &spans)
        stage.finish(into: &spans)
        #expect(spans.count == 1)
        let counters = stage.counters
        #expect(counters.telemetry[.scrape] == 1 && counters.telemetry[.caused] == 1)
        #expect(counters.closed == counters.spans + counters.telemetry.total && stage.waitingCount == 0)
    }
}
