internal import Capture
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
        var mapping = MappingCounters()
        var merge = MergeCounters()
        var propagation = PropagationCounters()
        var received = ReceivedStageCounters()
        /// Nil where contexts alone say which traces leave.
        var sample: SampleCounters?
        var waiting = 0
        /// Calls of which SDKs' spans proved what they were made for, and those of them that the capture thread was not told.
        var proved: UInt64 = 0
        var unheardProofs: UInt64 = 0
    }

    /// How long it waits for something to do before it looks after what waits, ns.
    private static let pause: UInt64 = 50_000_000
    /// How often what spans say together is published, ns: it is copied once each time.
    private static let publishing: UInt64 = 1_000_000_000

    /// How it is fed.
    let queues: BridgeQueues
    /// By which it is told of another configuration; looked for between batches.
    let settings = Handover<BridgeSettings>()
    /// What it tells the capture thread.
    let proofs = ProofQueue()
    /// Given when all that was captured was handed over, after ``BridgeQueues/endCapture()``.
    let captureEnded = StopSignal()
    private let exporters: Switched<ExporterGroup>
    /// Keeps the routes that are learned; nil where nobody does.
    private let routes: KeptLearning?
    /// Which process sent us something.
    private let senders: @Sendable (SenderAddress) -> ProcessKey?
    private let initial: Mutex<SpanStage<ProcessDirectory>>
    private let state: AgentState
    private let published = Mutex(Counters())
    /// Spans of SDKs that were held for their trace's sake, and that no exporter had room for when they could go.
    private let refused = Atomic<UInt64>(0)
    private let publishedDerived = Mutex<DerivedMetrics?>(nil)
    private let moved = Mutex<[AliasFile.Entry]>([])

    init(
        stage: SpanStage<ProcessDirectory>, exporters: Switched<ExporterGroup>, queues: BridgeQueues,
        state: AgentState = AgentState(), routes: KeptLearning? = nil,
        senders: @escaping @Sendable (SenderAddress) -> ProcessKey? = { _ in nil }
    ) {
        self.senders = senders
        self.routes = routes
        initial = Mutex(stage)
        self.exporters = exporters
        self.queues = queues
        self.state = state
    }

    /// Traces that have become others, once the thread has ended: what an agent that follows must know.
    var aliases: [AliasFile.Entry] { moved.withLock { $0 } }

    /// What was counted so far.
    var counters: Counters { published.withLock { $0 } }

    /// What the spans say together, at most a second ago; nil where nobody asks.
    var derived: DerivedMetrics? { publishedDerived.withLock { $0 } }

    /// Starts the thread, which ends once the queue is closed and empty.
    func start() throws(ThreadError) -> OSThread {
        try OSThread(name: "bridge") { [self] in
            work()
            state.bridge.rest()
            captureEnded.set()
        }
    }

    private func work() {
        var stage = initial.withLock { $0 }
        var received = ReceivedStage(process: senders)
        var spans = SpanBatch()
        var spare = SpareBatches()
        var left: [ReceivedWork] = []
        var pieces: [HeldPiece] = []
        var retried = Monotonic.now()
        var hasCaptureEnded = false
        var isOpen = true
        var proved: UInt64 = 0
        var nextPublishing: UInt64 = 0
        var nextKeeping = Monotonic.now() &+ KeptLearning.interval
        while isOpen {
            var popped = queues.work.pop(timeout: pause(until: received.nextDue))
            let now = Monotonic.now()
            state.bridge.beat(now: now)
            if let settings = settings.take() {
                stage.use(settings, now: now)
                if stage.derived == nil { publishedDerived.withLock { $0 = nil } }
            }
            let wall = UInt64(clamping: WallTime.now())
            switch popped {
            case .element(.linked(var batch)):
                // Let go of here: a batch that two have is copied when it is emptied, and its memory not used again.
                popped = .nothingYet
                stage.consume(batch, now: now, into: &spans)
                queues.linked.giveBack(&batch)
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
                stage.sample(&left, &pieces, now: now, into: &spans)
                stage.finish(into: &spans)
            } else {
                received.advance(now: now, wall: wall, merger: &stage.merger, left: &left)
                stage.sample(&left, &pieces, now: now, into: &spans)
                stage.releaseSettled(into: &spans)
                // However much is received, what was captured waits no longer for it.
                if now &- retried >= Self.pause {
                    stage.retry(now: now, into: &spans)
                    retried = now
                }
            }
            while let proof = stage.merger.proved.nextProof() {
                proved += 1
                proofs.push(proof)
            }
            // What the end of the waiting for their traces has let go.
            stage.sample(&left, &pieces, now: now, into: &spans)
            handOver(&spans, &spare, &left)
            leave(&pieces)
            if stage.derived != nil, now >= nextPublishing || hasCaptureEnded {
                nextPublishing = now &+ Self.publishing
                publishedDerived.withLock { $0 = stage.derived }
            }
            if now >= nextKeeping {
                nextKeeping = now &+ KeptLearning.interval
                keepRoutes(of: stage)
            }
            if hasCaptureEnded { captureEnded.set() }
            queues.received.hasAliases = stage.merger.hasAliases
            var sample = stage.sampler?.counters
            sample?.receivedRefused = refused.load(ordering: .relaxed)
            published.withLock { [sample] in
                $0 = Counters(
                    stage: stage.counters, mapping: stage.mapping, merge: stage.merger.counters,
                    propagation: stage.merger.propagation, received: received.counters, sample: sample,
                    waiting: stage.waitingCount, proved: proved,
                    unheardProofs: proofs.drops)
            }
        }
        keepRoutes(of: stage)
        moved.withLock { $0 = stage.merger.aliases }
    }

    private func keepRoutes(of stage: borrowing SpanStage<ProcessDirectory>) {
        // Where nothing was seen nothing was learned: an agent that could not begin leaves what another has kept.
        guard let routes, stage.counters.closed > 0 else { return }
        var bytes: [UInt8] = []
        stage.storeRoutes(into: &bytes)
        routes.keep(bytes)
    }

    /// Sends on what SDKs have sent of traces that were held; nobody is told again, since they have their answer.
    private func leave(_ pieces: inout [HeldPiece]) {
        for piece in pieces {
            let count = UInt64(piece.batch.items)
            piece.onward.accept(piece.batch) { [self] verdict in
                if verdict != .accepted { refused.add(count, ordering: .relaxed) }
            }
        }
        pieces.removeAll(keepingCapacity: true)
    }

    /// How long to wait for something to do, ns.
    private func pause(until due: UInt64) -> UInt64 {
        let now = Monotonic.now()
        return due > now ? min(due - now, Self.pause) : 0
    }

    private func handOver(
        _ spans: inout SpanBatch, _ spare: inout SpareBatches, _ left: inout [ReceivedWork]
    ) {
        if !spans.isEmpty {
            state.bridge.mayWait()
            exporters.use { $0.export(spans) }
            spare.replace(&spans)
        }
        for work in left { work.leave() }
        left.removeAll(keepingCapacity: true)
    }
}
