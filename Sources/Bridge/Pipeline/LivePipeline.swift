internal import Capture
internal import Correlate
internal import Logging
internal import OTLP
internal import ServiceLifecycle
internal import Synchronization
internal import Threading

/// Live capture as a service: starts the threads from the back of the pipeline to its front, and ends them in the order
/// in which data flows, so that nothing that was seen is lost on the way.
final class LivePipeline: Service {
    private let configuration: Configuration
    private let logger: Logger
    private let isStopping = Atomic(false)

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
            self.isStopping.store(true, ordering: .releasing)
        }
    }

    private func work() throws {
        let factory = ExporterFactory(logger: logger, blocksOnOverflow: false)
        let exporters = ExporterGroup(factory.exporters(of: configuration))
        try exporters.start()
        let resolver = ProcessResolver(source: ProcessResource())
        let resolverThread = try resolver.start()
        let bridge = BridgeThread(
            stage: SpanStage(
                merger: configuration.merger, provider: ProcessDirectory(resolver: resolver)),
            exporters: exporters)
        let bridgeThread = try bridge.start()
        let capture = CaptureLoop(configuration: configuration, output: bridge.queues, logger: logger)
        let outcome = Result { try capture.run { self.isStopping.load(ordering: .acquiring) } }
        bridge.queues.filled.close()
        bridgeThread.join()
        resolver.stop()
        resolverThread.join()
        exporters.shutdown(deadline: Monotonic.now() + Agent.drainTime)
        if case .success(let counted) = outcome {
            Summary(capture: counted, stage: bridge.counters, exporters: exporters.counters).log(to: logger)
        }
        _ = try outcome.get()
    }
}
