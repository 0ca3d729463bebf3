import Testing
import Threading

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// The ways to Bridge's thread.
@Suite struct ReceivedQueueTests {
    @Test func batchesAreBoundedByNumber() {
        let queues = BridgeQueues(capacity: 1)
        for _ in 0..<ReceivedQueue.maximumBatches { #expect(queues.received.push(ReceivedSamples.work([1]))) }
        #expect(!queues.received.push(ReceivedSamples.work([1, 2])))
        #expect(queues.received.counters.taken == UInt64(ReceivedQueue.maximumBatches))
        #expect(queues.received.counters.refused == 2)
    }

    @Test func batchesAreBoundedByBytesUntilTheyAreTakenOut() {
        let queues = BridgeQueues(capacity: 1)
        let work = ReceivedSamples.work([1], padding: ReceivedQueue.maximumBytes / 3)
        #expect(queues.received.push(work) && queues.received.push(work))
        #expect(!queues.received.push(work))
        guard case .element(.received(let taken)) = queues.work.pop(timeout: 0) else {
            Issue.record("nothing was queued")
            return
        }
        queues.received.left(taken)
        #expect(queues.received.push(work))
        #expect(!queues.received.push(work))
        #expect(queues.received.counters.bytes == 2 * work.batch.bytes.count)
    }

    @Test func oneThatIsLargerThanAllIsTakenAlone() {
        let queues = BridgeQueues(capacity: 1)
        let large = ReceivedSamples.work([1], padding: ReceivedQueue.maximumBytes)
        #expect(queues.received.push(large))
        #expect(!queues.received.push(ReceivedSamples.work([1])))
        queues.received.left(large)
        #expect(queues.received.push(ReceivedSamples.work([1])))
        #expect(!queues.received.push(large))
    }

    @Test func neitherShareOfTheQueueCanFillTheOther() {
        let queues = BridgeQueues(capacity: 2)
        while queues.received.push(ReceivedSamples.work([1])) {}
        for _ in 0..<4 {
            var batch = queues.linked.spare()
            batch.exitedProcesses.append(ProcessKey(pid: 1, start: 1))
            _ = queues.linked.send(&batch)
        }
        queues.endCapture()
        queues.work.close()
        var linked = 0
        var ends = 0
        while case .element(let work) = queues.work.pop(timeout: 0) {
            if case .linked(var batch) = work {
                linked += 1
                queues.linked.giveBack(&batch)
            }
            if case .captureEnded = work { ends += 1 }
        }
        #expect(linked == 2 && ends == 1)
    }

    @Test func whatComesAfterTheEndIsRefused() {
        let queues = BridgeQueues(capacity: 1)
        queues.work.close()
        #expect(!queues.received.push(ReceivedSamples.work([1])))
        #expect(queues.received.counters.refused == 1 && queues.received.counters.batches == 0)
    }

    @Test func onlySpansGoByTheQueueAndWhatDoesNotFitComesAgain() {
        let queues = BridgeQueues(capacity: 1)
        let verdicts = Verdicts()
        let sink = MergingSink(onward: RoutedSink(router: Switched(TelemetryRouter([:]))), queue: queues.received)
        sink.accept(ReceivedBatch(signal: .logs, bytes: [10, 0], items: 1), verdicts.tell)
        sink.accept(ReceivedBatch(signal: .metrics, bytes: [10, 0], items: 1), verdicts.tell)
        #expect(verdicts.all == [.noPipeline, .noPipeline] && queues.received.counters.batches == 0)
        sink.accept(ReceivedSamples.batch([1]), verdicts.tell)
        #expect(verdicts.all.count == 2 && queues.received.counters.batches == 1)
        while queues.received.push(ReceivedSamples.work([1])) {}
        sink.accept(ReceivedSamples.batch([1]), verdicts.tell)
        #expect(verdicts.all.last == .full(retryAfterSeconds: 1) && verdicts.all.count == 3)
    }

    @Test func whereNothingIsCapturedSpansGoByTheQueueOnceAnAgentsHaveCome() {
        let queues = BridgeQueues(capacity: 1)
        let sink = MergingSink(
            onward: RoutedSink(router: Switched(TelemetryRouter([:]))), queue: queues.received, waitsForAgents: true)
        // An SDK's: its scope has no name.
        let other = ReceivedBatch(signal: .traces, bytes: [10, 2, 18, 0], items: 1)
        sink.accept(other) { _ in }
        #expect(queues.received.counters.batches == 0)
        sink.accept(ReceivedSamples.batch([1])) { _ in }
        sink.accept(other) { _ in }
        #expect(queues.received.counters.batches == 2)
    }

    @Test func logsGoByTheQueueOnceTracesHaveOtherNames() {
        let queues = BridgeQueues(capacity: 1)
        queues.received.hasAliases = true
        let sink = MergingSink(onward: RoutedSink(router: Switched(TelemetryRouter([:]))), queue: queues.received)
        sink.accept(ReceivedBatch(signal: .logs, bytes: [10, 0], items: 1)) { _ in }
        #expect(queues.received.counters.batches == 1)
    }
}

/// The thread behind them.
@Suite struct BridgeThreadTests {
    private func bridge() -> BridgeThread {
        let resolver = ProcessResolver(source: ProcessResource())
        let merger = Merger(options: MergeOptions(), reader: ContextReader())
        return BridgeThread(
            stage: SpanStage(merger: merger, provider: ProcessDirectory(resolver: resolver)),
            exporters: Switched(ExporterGroup([])), queues: BridgeQueues())
    }

    @Test func whatIsReceivedIsSentOnInOrderAndAnsweredOnceThroughTheEnd() throws {
        let bridge = bridge()
        let thread = try bridge.start()
        let sink = CollectingSink()
        let verdicts = Verdicts()
        func send(_ ids: Range<UInt64>) -> Int {
            ids.filter { id in
                bridge.queues.received.push(
                    ReceivedWork(batch: ReceivedSamples.batch([id]), onward: sink, done: verdicts.tell))
            }.count
        }
        var sent = send(1..<500)
        bridge.queues.endCapture()
        #expect(bridge.captureEnded.wait(until: Monotonic.now() + 20_000_000_000))
        // Receivers answer what is owed after that.
        sent += send(500..<600)
        bridge.queues.work.close()
        #expect(send(600..<601) == 0)
        thread.join()
        let ids = sink.batches.flatMap { ReceivedSpans($0).spans.map(\.spanID) }
        #expect(ids == ids.sorted() && ids.count == sent && sent >= 500)
        #expect(verdicts.all.count == sent && verdicts.all.allSatisfy { $0 == .accepted })
        #expect(bridge.counters.received.spans == UInt64(sent))
        #expect(bridge.queues.received.counters.batches == 0 && bridge.queues.received.counters.bytes == 0)
    }
}
