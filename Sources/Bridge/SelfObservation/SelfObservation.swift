internal import Capture
internal import Logging
internal import OTLP
internal import Synchronization
internal import Threading

/// The agent's own servers: `/healthz` and `/readyz` at one address, `/metrics` at another. They are there before anything
/// else is, and gone after it, so that what keeps the agent from starting or ending can be seen.
///
/// Other addresses may take their place: begun, and then either ended or taken back.
final class SelfObservation: Sendable {
    /// One of the two.
    private enum Page: CaseIterable {
        case health
        case metrics

        /// The configuration's key.
        var key: String {
            switch self {
            case .health: "service.telemetry.health.address"
            case .metrics: "service.telemetry.metrics.address"
            }
        }

        /// Where it is; nil for nowhere.
        func place(_ telemetry: TelemetryConfiguration) -> HostPort? {
            switch self {
            case .health: telemetry.health.place
            case .metrics: telemetry.metrics.place
            }
        }
    }

    /// Addresses that take the place of others.
    struct Change: Sendable {
        fileprivate var telemetry: TelemetryConfiguration
        fileprivate var added: [EndpointServer.Bound]
        fileprivate var leaving: [EndpointServer.Bound]
    }

    private let server: EndpointServer
    private let sources: MetricSources
    private let usesCapture: Bool
    private let telemetry: Mutex<TelemetryConfiguration>
    private let prober = Mutex<BackendProber?>(nil)
    private let logger: Logger

    /// Servers that have not been started.
    init(_ configuration: Configuration, _ sources: MetricSources, logger: Logger) {
        self.logger = logger
        self.sources = sources
        usesCapture = configuration.usesCapture
        telemetry = Mutex(configuration.telemetry)
        server = EndpointServer([], log: ExporterLog { [logger] in logger.warning("\($0)") })
    }

    /// Binds the addresses and answers from now on.
    ///
    /// - Throws: what names the key whose address cannot be had.
    func start() throws {
        let telemetry = telemetry.withLock { $0 }
        try add(Page.allCases.filter { $0.place(telemetry) != nil }, telemetry)
    }

    /// Tries backends to which nothing is delivered, from now on: once exporters were started.
    func startProbing() throws {
        // Where nobody asks nothing is tried.
        let wiring = sources.wiring
        let isAsked = telemetry.withLock { $0.health.place != nil }
        try prober.withLock { prober in
            guard isAsked, prober == nil else { return }
            let next = BackendProber { wiring.backends }
            try next.start()
            prober = next
        }
    }

    /// Ends.
    func stop() {
        stopProbing()
        server.shutdown()
    }

    private func stopProbing() { prober.withLock { $0.take() }?.stop() }

    /// Answers where another configuration says as well.
    ///
    /// - Throws: what names the key whose address cannot be had; then everything is as it was.
    func begin(_ next: TelemetryConfiguration) throws -> Change {
        let former = telemetry.withLock { $0 }
        let changed = Page.allCases.filter { $0.place(former) != $0.place(next) }
        let leaving = server.bound.filter { bound in changed.contains { $0.key == bound.key } }
        return Change(
            telemetry: next, added: try add(changed.filter { $0.place(next) != nil }, next), leaving: leaving)
    }

    /// Leaves the addresses whose place others have taken.
    func end(_ change: Change) {
        telemetry.withLock { $0 = change.telemetry }
        server.remove(change.leaving)
        if change.telemetry.health.place == nil { return stopProbing() }
        do { try startProbing() } catch { logger.error("backends are not tried: \(error)") }
    }

    /// Leaves the addresses that should have taken the place of others.
    func takeBack(_ change: Change) { server.remove(change.added) }

    @discardableResult
    private func add(_ pages: [Page], _ telemetry: TelemetryConfiguration) throws -> [EndpointServer.Bound] {
        let (sources, usesCapture) = (sources, usesCapture)
        let added = try server.add(
            pages.compactMap { page in
                page.place(telemetry).map { place in
                    EndpointSettings(key: page.key, address: ListenAddress(place)) { request in
                        switch page {
                        case .health: Self.health(request, sources, usesCapture: usesCapture)
                        case .metrics: Self.metrics(request, sources)
                        }
                    }
                }
            })
        for bound in added {
            logger.info("telemetry listening", metadata: ["key": "\(bound.key)", "port": "\(bound.port)"])
        }
        return added
    }

    /// Where it listens, in Capture's terms: what comes there is our own.
    var listeners: [Endpoint] {
        server.bound.map { bound in
            bound.address.withUnsafeBytes { bytes in
                Endpoint(family: bytes.count == 16 ? .ipv6 : .ipv4, port: bound.port, bytes: bytes)
            }
        }
    }

    private static func health(
        _ request: EndpointRequest, _ sources: MetricSources, usesCapture: Bool
    ) -> EndpointAnswer {
        let now = Monotonic.now()
        switch request.path {
        case "/healthz":
            return HealthReport(stalled: sources.state.stalled(now: now), uptime: now &- sources.began).answer
        case "/readyz":
            let exporters = sources.wiring.exporterTotals.map {
                ReadinessReport.Exporter(name: $0.name, signal: $0.signal, backend: $0.backend?.state)
            }
            return ReadinessReport(phase: sources.state.phase, usesCapture: usesCapture, exporters: exporters).answer
        default: return .notFound
        }
    }

    private static func metrics(_ request: EndpointRequest, _ sources: MetricSources) -> EndpointAnswer {
        guard request.path == "/metrics" else { return .notFound }
        let format = MetricPage.Format(accepting: request.accept)
        var page = MetricPage(format: format)
        page.write(MetricSnapshot(sources, now: Monotonic.now()))
        return EndpointAnswer(status: 200, contentType: format.contentType, body: page.finished())
    }
}
