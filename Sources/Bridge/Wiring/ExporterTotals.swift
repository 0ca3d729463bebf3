internal import OTLP

/// What an exporter has counted, and whom it delivers to if that is anybody.
struct ExporterTotal: Sendable {
    var name: String
    var signal: Signal
    var counters: ExporterCounters
    var backend: Backend?

    /// - Parameter backend: nil where nobody can be away.
    init(name: String, signal: Signal, counters: ExporterCounters, backend: Backend? = nil) {
        self.name = name
        self.signal = signal
        self.counters = counters
        self.backend = backend
    }

    /// As an exporter has it now.
    init(_ exporter: any Exporter) {
        self.init(
            name: exporter.name, signal: exporter.signal, counters: exporter.counters, backend: exporter.backend)
    }
}

extension [ExporterTotal] {
    /// Counts one in: with what there is of its name and signal, whose backend counts.
    mutating func add(_ other: ExporterTotal) {
        guard let index = firstIndex(where: { $0.name == other.name && $0.signal == other.signal }) else {
            return append(other)
        }
        self[index].counters = self[index].counters + other.counters
    }
}
