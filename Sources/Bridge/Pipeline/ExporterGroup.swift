internal import OTLP

/// The exporters that a pipeline ends in. Each has its own queue and thread; one that is slow slows no other.
struct ExporterGroup: Sendable {
    private let exporters: [any Exporter]

    init(_ exporters: [any Exporter]) { self.exporters = exporters }

    /// Starts them in order.
    ///
    /// - Throws: what the first that cannot start says.
    func start() throws { for exporter in exporters { try exporter.start() } }

    /// Hands a batch to each. What one refuses it counts itself.
    func export(_ batch: SpanBatch) { for exporter in exporters { _ = exporter.enqueue(batch) } }

    /// Has each take no more, and deliver what it has until the deadline (ns of CLOCK_MONOTONIC); does not wait.
    func close(deadline: UInt64) { for exporter in exporters { exporter.close(deadlineNanoseconds: deadline) } }

    /// Lets each deliver what it has until the deadline (ns of CLOCK_MONOTONIC), and ends it.
    func shutdown(deadline: UInt64) {
        close(deadline: deadline)
        for exporter in exporters { exporter.shutdown(deadlineNanoseconds: deadline) }
    }

    /// What each has counted, and whom it delivers to if that is anybody.
    var totals: [ExporterTotal] { exporters.map { ExporterTotal($0) } }

    /// Whom they deliver to.
    var backends: [Backend] { exporters.compactMap(\.backend) }
}
