internal import Correlate
internal import Logging
internal import OTLP
internal import ServiceLifecycle
internal import Threading

/// Everything between the receivers and the exporters, as a service: starts from the back to the front, and ends in the
/// order in which data flows, so that nothing that was seen or acknowledged is lost on the way.
final class AgentPipeline: Service {
    private let configuration: Configuration
    private let logger: Logger
    private let stop = StopSignal()

    init(configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

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
        let exporters = ExporterSet(configuration, ExporterFactory(logger: logger, blocksOnOverflow: false))
        let resolver = ProcessResolver(source: ProcessResource())
        let kept = KeptAliases(configuration, logger: logger)
        var merger = configuration.merger
        kept?.restore(&merger)
        let bridge = BridgeThread(
            stage: SpanStage(merger: merger, provider: ProcessDirectory(resolver: resolver)),
            exporters: exporters.observed)
        let receivers = ReceiverSet(
            configuration, exporters, through: configuration.mergesReceivedSpans ? bridge.queues.received : nil,
            logger: logger)
        // After a failed start: what an earlier run left on disk can wait, and whoever starts the agent wants to know.
        var allowed = DrainTimes.brief
        var begun: DrainTimes?
        func start() throws {
            try receivers.start()
            allowed = DrainTimes.all
        }
        func end() -> DrainTimes {
            let times = begun ?? DrainTimes(from: Monotonic.now(), allowed)
            begun = times
            return times
        }
        let outcome = Result {
            try exporters.all.start()
            // Programs know what is our own by having seen it begin: receivers come after them.
            if configuration.usesCapture {
                let resolverThread = try resolver.start()
                defer {
                    resolver.stop()
                    resolverThread.join()
                }
                return try observe(bridge, receivers, exporters, onActive: start, onEnd: end)
            }
            try start()
            stop.wait()
            return nil
        }
        let times = end()
        receivers.shutdown(deadline: times.received)
        exporters.all.shutdown(deadline: times.exported)
        kept?.keep(bridge.aliases)
        if case .success(let observed) = outcome {
            Summary(observed: observed, receivers: receivers.counters, exporters: exporters.all.counters).log(
                to: logger)
        }
        _ = try outcome.get()
    }

    /// Captures until the end is asked for. Then all that was captured is handed over first, and with it what waits for
    /// it; receivers answer what is owed while Bridge's thread still takes what they bring.
    private func observe(
        _ bridge: BridgeThread, _ receivers: ReceiverSet, _ exporters: ExporterSet, onActive: () throws -> Void,
        onEnd: () -> DrainTimes
    ) throws -> Summary.Observed? {
        let thread = try bridge.start()
        let capture = CaptureLoop(configuration: configuration, output: bridge.queues.linked, logger: logger)
        let outcome = Result { try capture.run(onActive: onActive) { stop.isSet } }
        let times = onEnd()
        bridge.queues.endCapture()
        // It may be waiting for room (`block_on_overflow`) in a queue that nobody empties.
        if !bridge.captureEnded.wait(until: times.observed) { exporters.observed.close(deadline: times.exported) }
        receivers.shutdown(deadline: times.received)
        bridge.queues.work.close()
        thread.join()
        return Summary.Observed(
            capture: try outcome.get(), bridge: bridge.counters, queue: bridge.queues.received.counters)
    }
}
