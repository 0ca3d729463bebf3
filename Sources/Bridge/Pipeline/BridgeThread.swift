internal import Correlate
internal import OTLP
internal import Propagation
internal import Synchronization
internal import Threading

/// Bridge's thread: makes spans of linked batches and finds the places of spans that were received, and hands both to the
/// exporters.
final class BridgeThread: Sendable {
    /// What was counted, published after every batch.
    struct Counters: Sendable {
        var stage = StageCounters()
        var merge = MergeCounters()
        var propagation = PropagationCounters()
        var received = ReceivedStageCounters()
        var waiting = 0
    }

    /// How long it waits for something to do before it looks after what waits, ns.
    private static let pause: UInt64 = 50_000_000

    /// How it is fed.
    let queues = BridgeQueues()
    /// Given when all that was captured was handed over, after ``BridgeQueues/endCapture()``.
    let captureEnded = StopSignal()
    private let exporters: ExporterGroup
    private let initial: Mutex<SpanStage<ProcessDirectory>>
    private let published = Mutex(Counters())
    private let moved = Mutex<[AliasFile.Entry]>([])

    init(stage: SpanStage<ProcessDirectory>, exporters: ExporterGroup) {
        initial = Mutex(stage)
        self.exporters = exporters
    }

    /// Traces that have become others, once the thread has ended: what an agent that follows must know.
    var aliases: [AliasFile.Entry] { moved.withLock { $0 } }

    /// What was counted so far.
    var counters: Counters { published.withLock { $0 } }

    /// Starts the thread, which ends once the queue is closed and empty.
    func start() throws(ThreadError) -> OSThread {
        try OSThread(name: "bridge") { [self] in
            work()
            captureEnded.set()
        }
    }

    private func work() {
        var stage = initial.withLock { $0 }
        var received = ReceivedStage()
        var spans = SpanBatch()
        var left: [ReceivedWork] = []
        var retried = Monotonic.now()
        var hasCaptureEnded = false
        var isOpen = true
        while isOpen {
            let popped = queues.work.pop(timeout: pause(until: received.nextDue))
            let now = Monotonic.now()
            let wall = UInt64(clamping: WallTime.now())
            switch popped {
            case .element(.linked(let batch)):
                stage.consume(batch, now: now, into: &spans)
                queues.linked.giveBack(batch)
                retried = now
            case .element(.received(let work)):
                queues.received.left(work)
                received.take(work, now: now, wall: wall, merger: &stage.merger, left: &left)
            case .element(.captureEnded):
                hasCaptureEnded = true
            case .nothingYet: break
            case .closed:
                hasCaptureEnded = true
                isOpen = false
            }
            if hasCaptureEnded {
                // First what was received: it may say what becomes of what was captured.
                received.drain(now: now, wall: wall, merger: &stage.merger, left: &left)
                stage.finish(into: &spans)
            } else {
                received.advance(now: now, wall: wall, merger: &stage.merger, left: &left)
                stage.releaseSettled(into: &spans)
                // However much is received, what was captured waits no longer for it.
                if now &- retried >= Self.pause {
                    stage.retry(now: now, into: &spans)
                    retried = now
                }
            }
            handOver(&spans, &left)
            if hasCaptureEnded { captureEnded.set() }
            queues.received.hasAliases = stage.merger.hasAliases
            published.withLock {
                $0 = Counters(
                    stage: stage.counters, merge: stage.merger.counters, propagation: stage.merger.propagation,
                    received: received.counters, waiting: stage.waitingCount)
            }
        }
        moved.withLock { $0 = stage.merger.aliases }
    }

    /// How long to wait for something to do, ns.
    private func pause(until due: UInt64) -> UInt64 {
        let now = Monotonic.now()
        return due > now ? min(due - now, Self.pause) : 0
    }

    private func handOver(_ spans: inout SpanBatch, _ left: inout [ReceivedWork]) {
        if !spans.isEmpty {
            exporters.export(spans)
            spans = SpanBatch()
        }
        for work in left { work.leave() }
        left.removeAll(keepingCapacity: true)
    }
}
