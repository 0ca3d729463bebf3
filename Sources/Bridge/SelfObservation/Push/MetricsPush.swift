internal import OTLP
internal import Synchronization
internal import Threading

/// Sends the agent's own metrics by OTLP, on a thread of its own (`metrics`): what the page for Prometheus has at that moment, now
/// and then, and once more at the end. Where its exporter has no room, the next metrics say what these would have said.
final class MetricsPush: Sendable {
    private let reader: PeriodicReaderConfiguration
    private let exporter: any Exporter
    private let request: MetricsRequest
    private let sources: MetricSources
    private let ended: BoundedQueue<Void>
    private let thread = Mutex<OSThread?>(nil)

    /// Nil where nobody is named to send them to.
    ///
    /// - Parameters:
    ///   - name: what it is called in logs and in the metrics themselves.
    ///   - factory: makes its exporter.
    init?(
        _ reader: PeriodicReaderConfiguration, name: String, _ configuration: Configuration, _ sources: MetricSources,
        _ factory: ExporterFactory
    ) {
        guard let section = reader.exporter.otlp, !configuration.isDisabled else { return nil }
        self.reader = reader
        self.sources = sources
        exporter = factory.exporter(section.exporter(name), .metrics, configuration)
        let since = Monotonic.now() &- sources.began
        request = MetricsRequest(
            resource: OwnResource.attributes(configuration), scope: ("interspan", Version.number),
            start: UInt64(clamping: WallTime.now()) &- since)
        ended = BoundedQueue(capacity: 1)
    }

    /// What its exporter has counted.
    var total: ExporterTotal { ExporterTotal(exporter) }

    /// Starts it.
    ///
    /// - Throws: what its exporter says, or ``ThreadError``.
    func start() throws {
        try exporter.start()
        let started = try OSThread(name: "metrics") { [self] in
            let interval = UInt64(reader.interval) * 1_000_000
            while case .nothingYet = ended.pop(timeout: interval) { push() }
            push()
        }
        thread.withLock { $0 = started }
    }

    /// Sends what there is once more and ends.
    ///
    /// - Parameter deadline: until when, ns of CLOCK_MONOTONIC.
    func stop(deadline: UInt64) {
        ended.close()
        thread.withLock { $0.take() }?.join()
        exporter.close(deadlineNanoseconds: deadline)
        exporter.shutdown(deadlineNanoseconds: deadline)
    }

    private func push() {
        var page = MetricPage(format: .data)
        page.write(MetricSnapshot(sources, now: Monotonic.now()))
        var request = request
        request.metrics = page.data
        guard let batch = request.batch(now: UInt64(clamping: WallTime.now())) else { return }
        guard exporter.reserve(batch) else { return exporter.refuse(batch) }
        exporter.commit(batch) { _ in }
    }
}
