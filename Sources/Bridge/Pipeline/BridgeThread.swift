internal import Correlate
internal import OTLP
internal import Synchronization
internal import Threading

/// Bridge's thread: takes linked batches, makes spans of them, and hands these to the exporters.
final class BridgeThread: Sendable {
    /// What was counted, published after every batch.
    struct Counters: Sendable {
        var stage = StageCounters()
        var merge = MergeCounters()
        var waiting = 0
    }

    /// How it is fed.
    let queues = LinkedQueues(capacity: 256)
    /// Given when the thread is about to end: everything was handed over.
    let ended = StopSignal()
    private let exporters: ExporterGroup
    private let initial: Mutex<SpanStage<ProcessDirectory>>
    private let published = Mutex(Counters())

    init(stage: SpanStage<ProcessDirectory>, exporters: ExporterGroup) {
        initial = Mutex(stage)
        self.exporters = exporters
    }

    /// What was counted so far.
    var counters: Counters { published.withLock { $0 } }

    /// Starts the thread, which ends once the queue is closed and empty.
    func start() throws(ThreadError) -> OSThread {
        try OSThread(name: "bridge") { [self] in
            work()
            ended.set()
        }
    }

    private func work() {
        var stage = initial.withLock { $0 }
        var spans = SpanBatch()
        var isOpen = true
        while isOpen {
            switch queues.filled.pop(timeout: 50_000_000) {
            case .element(let batch):
                stage.consume(batch, now: Monotonic.now(), into: &spans)
                queues.giveBack(batch)
            case .nothingYet:
                stage.retry(now: Monotonic.now(), into: &spans)
            case .closed:
                stage.finish(into: &spans)
                isOpen = false
            }
            if !spans.isEmpty {
                exporters.export(spans)
                spans = SpanBatch()
            }
            published.withLock {
                $0 = Counters(stage: stage.counters, merge: stage.merger.counters, waiting: stage.waitingCount)
            }
        }
    }
}
