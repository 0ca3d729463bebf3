internal import OTLP
internal import Threading

/// Exporters and receivers that take the place of others: what stays the same is in both. Each step either is done or throws,
/// and can be taken back until the last.
struct WiringChange {
    /// How long what is on its way is waited for before a change, ns.
    private static let patience: UInt64 = 1_000_000_000
    /// How long a receiver may answer what is owed before it ends, and a queue on disk be written before it is opened anew, ns.
    private static let ending: UInt64 = 5_000_000_000

    /// What runs, and what it runs by.
    let former: Configuration
    let formerExporters: ExporterSet
    let formerReceivers: ReceiverSet
    /// What is to run.
    let next: Configuration
    let exporters: ExporterSet
    let receivers: ReceiverSet
    /// Exporters whose place others take.
    let leaving: [any Exporter]
    /// Of those, the ones whose queue lies on disk, where only one can have it: they end before others begin.
    let stored: [any Exporter]

    init(
        from former: Configuration, _ formerExporters: ExporterSet, _ formerReceivers: ReceiverSet,
        to next: Configuration, _ exporters: ExporterSet, _ receivers: ReceiverSet
    ) {
        self.former = former
        self.formerExporters = formerExporters
        self.formerReceivers = formerReceivers
        self.next = next
        self.exporters = exporters
        self.receivers = receivers
        leaving = formerExporters.missing(in: exporters)
        stored = leaving.filter(formerExporters.isStored)
    }

    /// Starts receivers for whom nobody has to make room. All have their senders come again for now.
    ///
    /// - Throws: what cannot start. Then everything is as it was.
    func startReceivers() throws {
        receivers.hold(until: Monotonic.now() &+ Self.patience)
        do {
            try receivers.start(besides: formerReceivers)
        } catch {
            takeBackReceivers(to: formerExporters, deadline: Monotonic.now())
            throw error
        }
    }

    /// Starts exporters, with nobody handing anything to those that were there.
    ///
    /// - Throws: what cannot start. Then ``takeBack(_:)`` is to follow.
    func startExporters(_ observed: Switched<ExporterGroup>) throws {
        observed.hold(until: Monotonic.now() &+ Self.patience)
        ExporterGroup(stored).shutdown(deadline: Monotonic.now() &+ Self.ending)
        try ExporterGroup(exporters.missing(in: formerExporters)).start()
    }

    /// From here on spans go to the exporters that were started.
    func release(_ observed: Switched<ExporterGroup>) {
        observed.release(exporters.observed)
        receivers.release(to: exporters, of: next)
    }

    /// Goes back to the exporters that there were, of which some may have had to end.
    func takeBack(_ observed: Switched<ExporterGroup>, to again: ExporterSet) {
        observed.release(again.observed)
        takeBackReceivers(to: again, deadline: Monotonic.now() &+ Self.patience)
    }

    private func takeBackReceivers(to exporters: ExporterSet, deadline: UInt64) {
        receivers.release(to: exporters, of: former)
        receivers.shutdown(besides: formerReceivers, deadline: deadline)
    }

    /// Ends the receivers whose place others take.
    ///
    /// - Returns: what those have counted.
    func endReceivers() -> [(name: String, counters: ReceiverCounters)] {
        formerReceivers.shutdown(besides: receivers, deadline: Monotonic.now() &+ Self.ending)
        return formerReceivers.counters(besides: receivers)
    }

    /// Starts the receivers for whom room was made.
    ///
    /// - Throws: what cannot start.
    func startLateReceivers() throws { try receivers.start(after: formerReceivers) }

    /// Has the exporters whose place others have taken deliver what they have.
    func closeExporters() {
        let deadline = Monotonic.now() &+ RetiredExporters.patience
        for exporter in leaving { exporter.close(deadlineNanoseconds: deadline) }
    }
}
