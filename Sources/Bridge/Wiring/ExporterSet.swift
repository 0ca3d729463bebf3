internal import OTLP

/// Every exporter that something is sent to: one for each name and signal, as each signal has a queue of its own.
struct ExporterSet: Sendable {
    private struct Key: Hashable {
        var name: String
        var signal: Signal
    }

    private let exporters: [(key: Key, exporter: any Exporter)]
    private let configuration: Configuration

    /// The exporters of a configuration; none where nothing is exported.
    init(_ configuration: Configuration, _ factory: ExporterFactory) {
        self.configuration = configuration
        guard !configuration.isDisabled else {
            exporters = []
            return
        }
        let receivers = [EBPFReceiverConfiguration.type] + configuration.receivers.map(\.name)
        exporters = Signal.allCases.flatMap { signal in
            let used = Set(receivers.flatMap { configuration.exporters(for: signal, from: $0) })
            return configuration.exporters.filter { used.contains($0.name) }.map { section in
                (Key(name: section.name, signal: signal), factory.exporter(section, signal, configuration))
            }
        }
    }

    /// All of them.
    var all: ExporterGroup { ExporterGroup(exporters.map(\.exporter)) }

    /// Those that take our own spans.
    var observed: ExporterGroup { ExporterGroup(exporters(for: .traces, from: EBPFReceiverConfiguration.type)) }

    /// Those that take a signal from a receiver.
    func exporters(for signal: Signal, from receiver: String) -> [any Exporter] {
        let names = configuration.exporters(for: signal, from: receiver)
        return exporters.filter { $0.key.signal == signal && names.contains($0.key.name) }.map(\.exporter)
    }
}
