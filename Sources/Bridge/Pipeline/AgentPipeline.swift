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
        let receivers = ReceiverSet(configuration, exporters, logger: logger)
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
            if configuration.usesCapture { return try observe(into: exporters, onActive: start, onEnd: end) }
            try start()
            stop.wait()
            return nil
        }
        let times = end()
        receivers.shutdown(deadline: times.received)
        exporters.all.shutdown(deadline: times.exported)
        if case .success(let observed) = outcome {
            Summary(observed: observed, receivers: receivers.counters, exporters: exporters.all.counters).log(
                to: logger)
        }
        _ = try outcome.get()
    }

    private func observe(
        into exporters: ExporterSet, onActive: () throws -> Void, onEnd: () -> DrainTimes
    ) throws -> Summary.Observed? {
        let resolver = ProcessResolver(source: ProcessResource())
        let resolverThread = try resolver.start()
        let bridge = BridgeThread(
            stage: SpanStage(merger: configuration.merger, provider: ProcessDirectory(resolver: resolver)),
            exporters: exporters.observed)
        let bridgeThread = try bridge.start()
        let capture = CaptureLoop(configuration: configuration, output: bridge.queues, logger: logger)
        let outcome = Result { try capture.run(onActive: onActive) { stop.isSet } }
        let times = onEnd()
        bridge.queues.filled.close()
        // It may be waiting for room (`block_on_overflow`) in a queue that nobody empties.
        if !bridge.ended.wait(until: times.observed) { exporters.observed.close(deadline: times.exported) }
        bridgeThread.join()
        resolver.stop()
        resolverThread.join()
        return Summary.Observed(capture: try outcome.get(), stage: bridge.counters)
    }
}
