import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Spans that SDKs send through a pipeline that samples.
@Suite struct ReceivedSamplingTests {
    private static let second = SampledScene.second

    /// A batch with so many spans of each trace, in turn, from one service.
    private func batch(_ traces: [TraceID], each: Int = 2, failing: Set<TraceID> = []) -> ReceivedBatch {
        var spans = SpanBatch()
        let resource = spans.index(of: ResourceData(attributes: [("service.name", .string("sdk"))]))
        for round in 0..<each {
            for trace in traces {
                var span = SpanData(
                    traceID: trace, spanID: Mixer.mix(trace.high &+ UInt64(round)), parentSpanID: 0, kind: .internal,
                    start: 1,
                    end: 2, resource: resource)
                span.name = spans.append(text: "work")
                if failing.contains(trace), round == 0 { span.status = .error }
                spans.append(span)
            }
        }
        let bytes = TelemetryEncoder(.protobuf).encode(spans) { Array($0) }
        return ReceivedBatch(signal: .traces, bytes: bytes, items: spans.count)
    }

    /// Sends a batch through a stage; what goes on, and what the sender was told.
    private func send(
        _ batch: ReceivedBatch, _ scene: inout SampledScene, isSampled: Bool = true
    ) -> (left: [ReceivedWork], pieces: [HeldPiece], told: Verdicts) {
        let told = Verdicts()
        var work = ReceivedWork(batch: batch, onward: CollectingSink(), done: { told.tell($0) })
        work.isSampled = isSampled
        var left = [work]
        var pieces: [HeldPiece] = []
        scene.stage.sample(&left, &pieces, now: scene.now, into: &scene.spans)
        return (left, pieces, told)
    }

    private func traces(_ batches: [ReceivedBatch]) -> [TraceID: Int] {
        batches.flatMap { ReceivedSpans($0).spans }.reduce(into: [:]) { $0[$1.traceID, default: 0] += 1 }
    }

    private let some = (0..<400).map { SampledScene.trace(SampledScene.number($0)) }

    @Test func whatSDKsHaveDecidedToRecordIsKept() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.takesReceivedSpans = true
        }
        let sent = batch(some)
        let (left, _, told) = send(sent, &scene)
        #expect(left.map(\.batch.bytes) == [sent.bytes] && told.all.isEmpty)
        // What of such a trace is seen later, undecided, goes along.
        scene.trace(SampledScene.number(7))
        #expect(scene.left == [some[7]: 3])
    }

    @Test func spansOfATraceThatWasLeftOutAreLeftOut() {
        var scene = SampledScene {
            $0.ratio = 0.5
            $0.takesReceivedSpans = true
        }
        for index in 0..<400 { scene.trace(SampledScene.number(index)) }
        let (left, _, told) = send(batch(some), &scene)
        #expect(traces(left.map(\.batch)) == scene.left.mapValues { _ in 2 })
        #expect(scene.sampled.receivedOut.ratio == UInt64(800 - scene.left.count * 2))
        #expect(told.all.isEmpty && left.count == 1)
    }

    @Test func theRatioDecidesAboutSDKsTracesWhereItIsTold() {
        var scene = SampledScene {
            $0.ratio = 0.25
            $0.isParentBased = false
            $0.takesReceivedSpans = true
        }
        let (left, _, _) = send(batch(some), &scene)
        let threshold = SamplingThreshold(probability: 0.25)
        let kept = some.filter { threshold.keeps($0.randomness) }
        #expect(traces(left.map(\.batch)) == Dictionary(uniqueKeysWithValues: kept.map { ($0, 2) }))
        // Ours go the same way, whatever their context says.
        for index in 0..<400 {
            let hex = MergeScene.hex
            let (high, low) = (some[index].high, some[index].low)
            scene.trace(
                UInt64(index) * 16 + 10_000,
                headers: [("traceparent", "00-\(hex(high))\(hex(low))-00000000000000aa-01")])
        }
        #expect(scene.left == Dictionary(uniqueKeysWithValues: kept.map { ($0, 3) }))
        // And so does what comes after.
        let (again, _, _) = send(batch(some), &scene)
        #expect(again.map(\.batch.items) == left.map(\.batch.items))
        // A pipeline that does not name it is not sampled.
        #expect(send(batch(some), &scene, isSampled: false).left.first?.batch.items == 800)
    }

    @Test func theRateLimitDecidesAboutWholeTracesOfSDKs() {
        var scene = SampledScene {
            $0.rateLimit = 20
            $0.isParentBased = false
            $0.takesReceivedSpans = true
        }
        let (left, _, _) = send(batch(some), &scene)
        let kept = traces(left.map(\.batch))
        #expect(kept.count >= 20 && kept.count < 80 && kept.values.allSatisfy { $0 == 2 })
        #expect(scene.sampled.receivedOut.rateLimit == UInt64(800 - kept.count * 2))
    }

    @Test func anErrorInASpanOfAnSDKKeepsTheWholeTrace() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.isParentBased = false
            $0.takesReceivedSpans = true
            $0.rules.errors = true
        }
        scene.trace(SampledScene.number(3))
        scene.trace(SampledScene.number(4))
        // Longer than roots settle: SDKs send seconds later.
        scene.wait(5 * Self.second)
        let (first, none, told) = send(batch([some[3], some[4]]), &scene)
        #expect(first.isEmpty && none.isEmpty && scene.spans.isEmpty)
        // The sender has its answer when its batch is held.
        #expect(told.all == [.accepted])
        #expect(scene.sampled.heldSpans == 6 + 4)
        let (second, pieces, _) = send(batch([some[3]], each: 1, failing: [some[3]]), &scene)
        #expect(second.isEmpty && traces(pieces.map(\.batch)) == [some[3]: 3])
        #expect(scene.left == [some[3]: 3])
        scene.wait(6 * Self.second)
        #expect(scene.sampled.receivedOut.ratio == 2 && scene.sampled.out.ratio == 3)
        #expect(scene.sampled.heldSpans == 0 && scene.sampled.heldBytes == 0 && scene.isConserved)
        // What comes of the kept one later leaves, of the other it does not.
        let (late, _, _) = send(batch([some[3], some[4]], failing: [some[4]]), &scene)
        #expect(traces(late.map(\.batch)) == [some[3]: 2])
    }

    @Test func whatIsHeldOfSDKsIsBounded() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.isParentBased = false
            $0.takesReceivedSpans = true
            $0.rules.errors = true
            $0.maximumMemory = 1 << 20
        }
        var sent = 0
        for index in 0..<40 {
            let traces = (0..<100).map { SampledScene.trace(SampledScene.number(index * 100 + $0)) }
            _ = send(batch(traces), &scene)
            sent += 200
            #expect(scene.sampled.heldBytes <= 1 << 20)
        }
        #expect(scene.sampled.ended.crowdedOut > 0)
        #expect(scene.sampled.receivedOut.total + scene.sampled.heldSpans == UInt64(sent))
        scene.finish()
        #expect(scene.sampled.receivedOut.total == UInt64(sent) && scene.sampled.heldBytes == 0)
    }

    @Test func aLargeResourceOfManyTracesIsNotCopiedAtWill() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.isParentBased = false
            $0.takesReceivedSpans = true
            $0.rules.errors = true
        }
        var spans = SpanBatch()
        let text = String(repeating: "x", count: 1 << 20)
        let resource = spans.index(of: ResourceData(attributes: [("service.name", .string(text))]))
        for trace in some {
            spans.append(
                SpanData(
                    traceID: trace, spanID: 1, parentSpanID: 0, kind: .internal, start: 1, end: 2, resource: resource))
        }
        let bytes = TelemetryEncoder(.protobuf).encode(spans) { Array($0) }
        _ = send(ReceivedBatch(signal: .traces, bytes: bytes, items: some.count), &scene)
        #expect(scene.sampled.heldBytes <= 64 << 20 && scene.sampled.heldSpans > 30)
        #expect(scene.sampled.receivedOut.total + scene.sampled.heldSpans == 400)
    }

    @Test func aBatchIsCutWithoutTouchingTheRest() throws {
        let traces = [TraceID(high: 1, low: 1), TraceID(high: 2, low: 2), TraceID(high: 3, low: 3)]
        let whole = batch(traces)
        let selection = ReceivedSelection(whole)
        #expect(selection.batch(without: [])?.bytes == whole.bytes)
        #expect(selection.batch(without: [0, 1, 2, 3, 4, 5]) == nil)
        let rest = try #require(selection.batch(without: [1, 4]))
        #expect(rest.items == 4 && self.traces([rest]) == [traces[0]: 2, traces[2]: 2])
        #expect(ReceivedBatch(checking: rest.bytes, signal: .traces)?.items == 4)
        let some = selection.batch(of: [0, 2, 3])
        #expect(some.items == 3 && self.traces([some]) == [traces[0]: 2, traces[2]: 1])
        #expect(ReceivedSpans(some).resources.allSatisfy { $0.serviceName == "sdk" })
        #expect(ReceivedBatch(checking: some.bytes, signal: .traces)?.items == 3)
    }
}
