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

    /// Lets each deliver what it has until the deadline (ns of CLOCK_MONOTONIC), and ends it.
    func shutdown(deadline: UInt64) {
        for exporter in exporters { exporter.close(deadlineNanoseconds: deadline) }
        for exporter in exporters { exporter.shutdown(deadlineNanoseconds: deadline) }
    }

    /// What each has counted.
    var counters: [(name: String, signal: Signal, counters: ExporterCounters)] {
        exporters.map { ($0.name, $0.signal, $0.counters) }
    }
}
