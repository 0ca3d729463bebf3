internal import Logging
internal import OTLP
internal import Threading

/// The exporters and receivers that run, and who feeds whom; a new configuration can take their place while they do.
///
/// `@unchecked Sendable`: everything mutable is only touched with `lock` held, but for what ``reload(_:)`` changes, which is
/// called from one thread at a time.
final class LiveWiring: @unchecked Sendable {
    /// Where our own spans go.
    let observed: Switched<ExporterGroup>
    private let factory: ExporterFactory
    private let queue: ReceivedQueue?
    private let logger: Logger
    private let lock = Lock()
    private var configuration: Configuration
    private var exporters: ExporterSet
    private var receivers: ReceiverSet
    private var retired = RetiredExporters()
    private var endedReceivers: [(name: String, counters: ReceiverCounters)] = []

    /// - Parameter queue: the way that received spans take on which they are joined with what is captured; nil when they are not.
    init(_ configuration: Configuration, through queue: ReceivedQueue?, logger: Logger) {
        self.configuration = configuration
        self.queue = queue
        self.logger = logger
        factory = ExporterFactory(logger: logger, blocksOnOverflow: false)
        exporters = ExporterSet(configuration, factory)
        receivers = ReceiverSet(configuration, exporters, through: queue, logger: logger)
        observed = Switched(exporters.observed)
    }

    /// Starts the exporters.
    ///
    /// - Throws: what the first that cannot start says.
    func startExporters() throws { try lock.withLock { exporters }.all.start() }

    /// Starts the receivers.
    ///
    /// - Throws: what the first that cannot start says; those before it go on.
    func startReceivers() throws { try lock.withLock { receivers }.start() }

    /// Has the exporters of our own spans take no more; does not wait.
    func closeObserved(deadline: UInt64) { lock.withLock { exporters }.observed.close(deadline: deadline) }

    /// Has receivers answer what is owed until the deadline (ns of CLOCK_MONOTONIC), and ends them.
    func shutdownReceivers(deadline: UInt64) { lock.withLock { receivers }.shutdown(deadline: deadline) }

    /// Lets all exporters deliver what they have until the deadline (ns of CLOCK_MONOTONIC), and ends them.
    func shutdownExporters(deadline: UInt64) {
        let (exporters, retired) = lock.withLock { (self.exporters, self.retired) }
        retired.close(deadline: deadline)
        exporters.all.shutdown(deadline: deadline)
        retired.shutdown(deadline: deadline)
    }

    /// What each exporter has counted, those included that a configuration has taken the place of.
    var exporterTotals: [ExporterTotal] {
        let (exporters, retired) = lock.withLock { (self.exporters, self.retired) }
        var totals = exporters.all.totals
        for former in retired.totals { totals.add(former) }
        return totals
    }

    /// Whom the exporters deliver to.
    var backends: [Backend] { lock.withLock { exporters }.all.backends }

    /// What each receiver has counted, those included that a configuration has taken the place of.
    var receiverCounters: [(name: String, counters: ReceiverCounters)] {
        lock.withLock { receivers.counters() + endedReceivers }
    }

    /// Takes over what a configuration says of exporters, receivers and pipelines. What stays the same goes on as if nothing
    /// had happened; what takes the place of something else begins before that ends, and what was accepted is delivered all
    /// the same.
    ///
    /// - Throws: what cannot start. Then everything is as it was.
    func reload(_ next: Configuration) throws {
        let (formerExporters, formerReceivers) = lock.withLock { (self.exporters, self.receivers) }
        let latter = ExporterSet(next, factory, keeping: formerExporters)
        let change = WiringChange(
            from: configuration, formerExporters, formerReceivers, to: next, latter,
            ReceiverSet(next, latter, through: queue, logger: logger, keeping: formerReceivers))
        try change.startReceivers()
        do {
            try change.startExporters(observed)
        } catch {
            revert(change)
            throw error
        }
        adopt(change)
        change.release(observed)
        let counted = change.endReceivers()
        lock.withLock { endedReceivers += counted }
        do {
            try change.startLateReceivers()
        } catch {
            logger.error("a receiver could not take the place of another: \(error)")
        }
        change.closeExporters()
        lock.withLock { retired.trim() }
    }

    /// What runs from here on, and what has to deliver what is left.
    private func adopt(_ change: WiringChange) {
        lock.withLock {
            configuration = change.next
            exporters = change.exporters
            receivers = change.receivers
            for exporter in change.leaving {
                if change.stored.contains(where: { $0 === exporter }) {
                    retired.append(ended: exporter)
                } else {
                    retired.append(exporter)
                }
            }
        }
    }

    /// Goes back to the exporters that there were. Those that had to end make room for others of the same kind, which find
    /// on disk what they left.
    private func revert(_ change: WiringChange) {
        let again = ExporterSet(
            configuration, factory, keeping: change.formerExporters, besides: change.stored)
        do {
            try ExporterGroup(again.missing(in: change.formerExporters)).start()
        } catch {
            logger.error("an exporter could not be started again: \(error)")
        }
        lock.withLock {
            exporters = again
            for exporter in change.stored { retired.append(ended: exporter) }
        }
        change.takeBack(observed, to: again)
    }
}
