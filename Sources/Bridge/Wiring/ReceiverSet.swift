internal import Logging
internal import OTLP

/// The OTLP receivers of a configuration, each with the exporters that its pipelines end in.
struct ReceiverSet: Sendable {
    private let receivers: [OTLPReceiver]
    private let logger: Logger

    /// Receivers that have not been started.
    ///
    /// - Parameter queue: the way that spans take on which they are joined with what is captured; nil when they are not.
    init(_ configuration: Configuration, _ exporters: ExporterSet, through queue: ReceivedQueue?, logger: Logger) {
        self.logger = logger
        receivers = configuration.receivers.map { section in
            let routes = Signal.allCases.map { ($0, exporters.exporters(for: $0, from: section.name)) }
            // Who wants nothing exported does not want senders to fail for it.
            let isDiscarding = configuration.isDisabled || configuration.exporters.isEmpty
            let router = TelemetryRouter(Dictionary(uniqueKeysWithValues: routes), isDiscarding: isDiscarding)
            let joins = isDiscarding ? nil : queue
            return OTLPReceiver(
                name: section.name, settings: OTLPReceiverSettings(section),
                sink: joins.map { MergingSink(onward: router, queue: $0) } ?? router,
                log: ExporterLog { [logger] in logger.warning("\($0)", metadata: ["receiver": "\(section.name)"]) })
        }
    }

    /// Starts them in order.
    ///
    /// - Throws: what the first that cannot start says; those before it go on.
    func start() throws {
        for receiver in receivers {
            try receiver.start()
            var metadata: Logger.Metadata = ["receiver": "\(receiver.name)"]
            if let port = receiver.boundGRPCPort { metadata["grpc_port"] = "\(port)" }
            if let port = receiver.boundHTTPPort { metadata["http_port"] = "\(port)" }
            logger.info("receiver listening", metadata: metadata)
        }
    }

    /// Answers what is owed until the deadline (ns of CLOCK_MONOTONIC), and ends them.
    func shutdown(deadline: UInt64) {
        for receiver in receivers { receiver.stopAccepting() }
        for receiver in receivers { receiver.shutdown(deadlineNanoseconds: deadline) }
    }

    /// What each has counted.
    var counters: [(name: String, counters: ReceiverCounters)] { receivers.map { ($0.name, $0.counters) } }
}
