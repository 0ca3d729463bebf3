internal import OTLP
internal import Threading

/// Exporters whose place others have taken: they deliver what they had accepted, for a while.
struct RetiredExporters: Sendable {
    /// How long they may, ns: as long as an OTLP exporter tries again by default.
    static let patience: UInt64 = 300_000_000_000
    /// Most of them at once; beyond that the oldest give up.
    private static let maximum = 16

    private var exporters: [any Exporter] = []
    /// What those have counted that have ended since.
    private var ended: [ExporterTotal] = []

    /// None.
    init() {}

    /// One more, which is to deliver what it has.
    mutating func append(_ exporter: any Exporter) { exporters.append(exporter) }

    /// One more that has ended; what it had left on disk is its successor's.
    mutating func append(ended exporter: any Exporter) {
        ended.add(
            ExporterTotal(
                name: exporter.name, signal: exporter.signal, counters: exporter.counters.withoutQueued))
    }

    /// Ends those that have delivered everything, and the oldest of those that are too many.
    mutating func trim() {
        var surplus = exporters.count - Self.maximum
        var left: [any Exporter] = []
        for exporter in exporters {
            surplus -= 1
            guard surplus >= 0 || exporter.counters.queued == 0 else {
                left.append(exporter)
                continue
            }
            exporter.shutdown(deadlineNanoseconds: Monotonic.now())
            ended.add(ExporterTotal(name: exporter.name, signal: exporter.signal, counters: exporter.counters))
        }
        exporters = left
    }

    /// Has each take no more, and deliver what it has until the deadline (ns of CLOCK_MONOTONIC); does not wait.
    func close(deadline: UInt64) { for exporter in exporters { exporter.close(deadlineNanoseconds: deadline) } }

    /// Lets each deliver what it has until the deadline (ns of CLOCK_MONOTONIC), and ends it.
    func shutdown(deadline: UInt64) { for exporter in exporters { exporter.shutdown(deadlineNanoseconds: deadline) } }

    /// What each has counted; of whom they deliver to nobody asks any more.
    var totals: [ExporterTotal] {
        exporters.map { ExporterTotal(name: $0.name, signal: $0.signal, counters: $0.counters) } + ended
    }
}
