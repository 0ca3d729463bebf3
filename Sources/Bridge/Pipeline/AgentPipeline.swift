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
        let outcome = Result {
            try exporters.all.start()
            // Programs know what is our own by having seen it begin: receivers come after them.
            if configuration.usesCapture { return try observe(into: exporters, onActive: receivers.start) }
            try receivers.start()
            stop.wait()
            return nil
        }
        let deadline = Monotonic.now() + Agent.drainTime
        receivers.shutdown(deadline: deadline)
        exporters.all.shutdown(deadline: deadline)
        if case .success(let observed) = outcome {
            Summary(observed: observed, receivers: receivers.counters, exporters: exporters.all.counters).log(
                to: logger)
        }
        _ = try outcome.get()
    }

    private func observe(
        into exporters: ExporterSet, onActive: () throws -> Void
    ) throws -> Summary.Observed? {
        let resolver = ProcessResolver(source: ProcessResource())
        let resolverThread = try resolver.start()
        let bridge = BridgeThread(
            stage: SpanStage(merger: configuration.merger, provider: ProcessDirectory(resolver: resolver)),
            exporters: exporters.observed)
        let bridgeThread = try bridge.start()
        let capture = CaptureLoop(configuration: configuration, output: bridge.queues, logger: logger)
        let outcome = Result { try capture.run(onActive: onActive) { stop.isSet } }
        bridge.queues.filled.close()
        bridgeThread.join()
        resolver.stop()
        resolverThread.join()
        return Summary.Observed(capture: try outcome.get(), stage: bridge.counters)
    }
}
