internal import Capture
internal import Correlate
internal import Logging
internal import OTLP
internal import ServiceLifecycle
internal import Threading

/// Everything between the receivers and the exporters, as a service: starts from the back to the front, and ends in the
/// order in which data flows, so that nothing that was seen or acknowledged is lost on the way.
final class AgentPipeline: Service {
    private let configuration: Configuration
    private let raiser: PriorityRaiser
    private let logger: Logger
    private let stop = StopSignal()
    private let queues = BridgeQueues()
    private let wiring: LiveWiring
    private let reloading: Reloading
    private let state = AgentState()

    /// - Parameter raiser: raises the capturing thread's priority; ended with that, or where nothing is captured.
    init(configuration: Configuration, raiser: PriorityRaiser, logger: Logger) {
        self.configuration = configuration
        self.raiser = raiser
        self.logger = logger
        wiring = LiveWiring(
            configuration, through: configuration.joinsReceivedSpans ? queues.received : nil, logger: logger)
        reloading = Reloading(from: configuration, logger: logger)
    }

    /// Takes over what can be taken over of another configuration; see ``Reloading``.
    func reload(_ load: () throws -> LoadedConfiguration) { reloading.reload(load) }

    /// Runs on a thread of its own until the group shuts down or capturing fails.
    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                do {
                    _ = try OSThread(name: "pipeline") { done.resume(with: Result { try self.work() }) }
                } catch {
                    done.resume(throwing: error)
                }
            }
        } onGracefulShutdown: {
            self.stop.set()
        }
    }

    private func work() throws {
        let containers = ContainerDirectory(configuration.identity, logger: logger)
        let resolver = ProcessResolver(source: ProcessResource(), containers: containers)
        let kept = KeptAliases(configuration, logger: logger)
        var merger = configuration.merger
        kept?.restore(&merger)
        var stage = SpanStage(
            merger: merger, provider: ProcessDirectory(resolver: resolver), mapping: configuration.mappingOptions,
            sampler: configuration.usesCapture ? configuration.sampler : nil,
            derived: configuration.telemetry.derives ? DerivedMetrics() : nil)
        let routes = KeptLearning(.routes, folder: configuration.stateDirectory, logger: logger)
        // Who may not capture may not read what an agent has kept either: one line says why, not three.
        let refusal = configuration.usesCapture ? LiveCapture.refusal : nil
        if configuration.usesCapture, refusal == nil, let learned = routes.read(),
            !stage.restoreRoutes(from: learned, now: Monotonic.now())
        {
            routes.unusable("it is not what this version learns")
        }
        let controls = CaptureControls()
        let bridge = BridgeThread(
            stage: stage, exporters: wiring.observed, queues: queues, state: state, routes: routes,
            senders: controls.process)
        let sources = MetricSources(
            state: state, bridge: configuration.usesCapture || configuration.joinsReceivedSpans ? bridge : nil,
            containers: containers, wiring: wiring, began: Monotonic.now())
        let observation = SelfObservation(configuration, sources, logger: logger)
        defer { observation.stop() }
        let parts = ReloadableParts(
            wiring: wiring, observation: observation, sources: sources, containers: containers,
            captured: configuration.usesCapture ? (bridge, controls) : nil, logger: logger)
        // After a failed start: what an earlier run left on disk can wait, and whoever starts the agent wants to know.
        var allowed = DrainTimes.brief
        var begun: DrainTimes?
        func start() throws {
            try wiring.startReceivers()
            // Programs know what is our own by having seen it begin.
            if let change = try sources.pushes.begin(configuration, sources, logger: logger) {
                sources.pushes.end(change)
            }
            allowed = DrainTimes.all
            reloading.begin(parts)
            state.phase = .active
        }
        func end() -> DrainTimes {
            reloading.end()
            state.phase = .ending
            let times = begun ?? DrainTimes(from: Monotonic.now(), allowed)
            begun = times
            return times
        }
        let outcome = Result {
            if let refusal { throw refusal }
            try observation.start()
            try wiring.startExporters()
            try observation.startProbing()
            // Programs know what is our own by having seen it begin: receivers come after them.
            if configuration.usesCapture {
                let resolverThreads = try resolver.start()
                defer {
                    resolver.stop()
                    for thread in resolverThreads { thread.join() }
                }
                return try observe(
                    bridge, routes, containers, controls, ownListeners: observation.listeners, onActive: start,
                    onEnd: end)
            }
            raiser.end()
            guard configuration.joinsReceivedSpans else {
                try start()
                stop.wait()
                return nil
            }
            try relay(bridge, onActive: start, onEnd: end)
            return nil
        }
        let times = end()
        wiring.shutdownReceivers(deadline: times.received)
        wiring.shutdownExporters(deadline: times.exported)
        sources.pushes.stop(deadline: times.exported)
        kept?.keep(bridge.aliases)
        if case .success(let observed) = outcome {
            Summary(
                observed: observed, bridge: bridge.counters, queue: queues.received.counters,
                receivers: wiring.receiverCounters, exporters: wiring.exporterTotals
            ).log(to: logger)
        }
        _ = try outcome.get()
    }

    /// Captures until the end is asked for. Then all that was captured is handed over first, and with it what waits for
    /// it; receivers answer what is owed while Bridge's thread still takes what they bring.
    private func observe(
        _ bridge: BridgeThread, _ routes: KeptLearning, _ containers: ContainerDirectory, _ controls: CaptureControls,
        ownListeners: [Endpoint],
        onActive: () throws -> Void, onEnd: () -> DrainTimes
    ) throws -> Summary.Observed? {
        let kept = KeptLearning(.models, folder: configuration.stateDirectory, logger: logger)
        let keeping = [try kept.start(), try routes.start()]
        defer {
            kept.end()
            routes.end()
            for thread in keeping { thread.join() }
        }
        let thread = try bridge.start()
        let capture = CaptureLoop(
            configuration: configuration, output: bridge.queues.linked, proofs: bridge.proofs, kept: kept,
            raiser: raiser, containers: ContainerAnswers(containers), controls: controls, state: state,
            ownListeners: ownListeners, logger: logger)
        let outcome = Result { try capture.run(onActive: onActive) { stop.isSet } }
        let times = onEnd()
        bridge.queues.endCapture()
        // It may be waiting for room (`block_on_overflow`) in a queue that nobody empties.
        if !bridge.captureEnded.wait(until: times.observed) { wiring.closeObserved(deadline: times.exported) }
        wiring.shutdownReceivers(deadline: times.received)
        bridge.queues.work.close()
        thread.join()
        return Summary.Observed(capture: try outcome.get(), labelsLeftOut: containers.labelsLeftOut)
    }

    /// Joins what is received until the end is asked for. Then what waits leaves, and receivers answer what is owed while
    /// Bridge's thread still takes what they bring.
    private func relay(_ bridge: BridgeThread, onActive: () throws -> Void, onEnd: () -> DrainTimes) throws {
        let thread = try bridge.start()
        let outcome = Result { try onActive() }
        if case .success = outcome { stop.wait() }
        let times = onEnd()
        bridge.queues.endCapture()
        wiring.shutdownReceivers(deadline: times.received)
        bridge.queues.work.close()
        thread.join()
        try outcome.get()
    }
}
