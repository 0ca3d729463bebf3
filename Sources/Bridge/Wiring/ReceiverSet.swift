internal import Logging
internal import OTLP
internal import Threading

/// The OTLP receivers of a configuration, each with the exporters that its pipelines end in.
struct ReceiverSet: Sendable {
    private struct Entry {
        var section: OTLPReceiverConfiguration
        var receiver: OTLPReceiver
        var router: Switched<TelemetryRouter>
        var way = ReceivedWay()
    }

    private let entries: [Entry]
    private let logger: Logger

    /// Receivers that have not been started, but for those that stay.
    ///
    /// - Parameters:
    ///   - queue: the way that spans take on which they are joined with what is captured; nil when they are not.
    ///   - former: those of an earlier configuration: of them, what stays the same is kept, and feeds whom it did until
    ///     ``release(to:of:)``.
    init(
        _ configuration: Configuration, _ exporters: ExporterSet, through queue: ReceivedQueue?, logger: Logger,
        keeping former: ReceiverSet? = nil
    ) {
        self.logger = logger
        entries = configuration.receivers.map { section in
            if let kept = former?.entries.first(where: { $0.section == section }) { return kept }
            let router = Switched(ReceiverSet.router(exporters, of: section.name, configuration))
            let sink = RoutedSink(router: router)
            let way = ReceivedWay()
            ReceiverSet.set(way, of: section.name, configuration)
            let receiver = OTLPReceiver(
                name: section.name, settings: OTLPReceiverSettings(section),
                sink: queue.map {
                    MergingSink(onward: sink, queue: $0, way: way, waitsForAgents: !configuration.usesCapture)
                } ?? sink,
                log: ExporterLog { [logger] in logger.warning("\($0)", metadata: ["receiver": "\(section.name)"]) })
            return Entry(section: section, receiver: receiver, router: router, way: way)
        }
    }

    private static func set(_ way: ReceivedWay, of receiver: String, _ configuration: Configuration) {
        // Who wants nothing exported does not want senders to fail for it.
        way.change(
            joins: !isDiscarding(configuration),
            isSampled: configuration.usesCapture && configuration.isSampled(receiver))
    }

    private static func isDiscarding(_ configuration: Configuration) -> Bool {
        configuration.isDisabled || configuration.exporters.isEmpty
    }

    private static func router(
        _ exporters: ExporterSet, of receiver: String, _ configuration: Configuration
    ) -> TelemetryRouter {
        let routes = Signal.allCases.map { ($0, exporters.exporters(for: $0, from: receiver)) }
        return TelemetryRouter(Dictionary(uniqueKeysWithValues: routes), isDiscarding: isDiscarding(configuration))
    }

    /// Starts them in order.
    ///
    /// - Parameter former: those that run already; what listens where they do waits until they have ended.
    /// - Throws: what the first that cannot start says; those before it go on.
    func start(besides former: ReceiverSet? = nil) throws {
        for entry in entries where former?.has(entry) != true && former?.isInTheWay(of: entry) != true {
            try start(entry)
        }
    }

    /// Starts those for which former ones, which have ended, were in the way.
    func start(after former: ReceiverSet) throws {
        for entry in entries where !former.has(entry) && former.isInTheWay(of: entry) { try start(entry) }
    }

    private func start(_ entry: Entry) throws {
        try entry.receiver.start()
        var metadata: Logger.Metadata = ["receiver": "\(entry.receiver.name)"]
        if let port = entry.receiver.boundGRPCPort { metadata["grpc_port"] = "\(port)" }
        if let port = entry.receiver.boundHTTPPort { metadata["http_port"] = "\(port)" }
        logger.info("receiver listening", metadata: metadata)
    }

    /// Whether one of them listens at a port that another wants.
    private func isInTheWay(of other: Entry) -> Bool {
        let wanted = other.section.endpoints.map(\.address.port)
        return entries.contains { entry in
            entry.section.endpoints.contains { $0.address.port != 0 && wanted.contains($0.address.port) }
        }
    }

    private func has(_ other: Entry) -> Bool { entries.contains { $0.receiver === other.receiver } }

    /// Has all of them ask their senders to come again, until ``release(to:of:)``, which has to follow; what is on its way to
    /// exporters is waited for until the deadline, ns of CLOCK_MONOTONIC.
    func hold(until deadline: UInt64) { for entry in entries { entry.router.hold(until: deadline) } }

    /// Has all of them feed the exporters of a configuration from here on.
    func release(to exporters: ExporterSet, of configuration: Configuration) {
        for entry in entries {
            ReceiverSet.set(entry.way, of: entry.section.name, configuration)
            entry.router.release(ReceiverSet.router(exporters, of: entry.section.name, configuration))
        }
    }

    /// Answers what is owed until the deadline (ns of CLOCK_MONOTONIC), and ends them.
    ///
    /// - Parameter latter: those that go on.
    func shutdown(besides latter: ReceiverSet? = nil, deadline: UInt64) {
        let ending = entries.filter { latter?.has($0) != true }.map(\.receiver)
        for receiver in ending { receiver.stopAccepting() }
        for receiver in ending { receiver.shutdown(deadlineNanoseconds: deadline) }
    }

    /// What each has counted.
    ///
    /// - Parameter latter: those that are left out.
    func counters(besides latter: ReceiverSet? = nil) -> [(name: String, counters: ReceiverCounters)] {
        entries.filter { latter?.has($0) != true }.map { ($0.receiver.name, $0.receiver.counters) }
    }
}
