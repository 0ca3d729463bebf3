internal import OTLP

/// Every exporter that something is sent to: one for each name and signal, as each signal has a queue of its own.
struct ExporterSet: Sendable {
    private struct Key: Hashable {
        var name: String
        var signal: Signal
    }

    private struct Entry {
        var key: Key
        var section: ExporterConfiguration
        var exporter: any Exporter
    }

    private let entries: [Entry]
    private let configuration: Configuration

    /// The exporters of a configuration; none where nothing is exported.
    ///
    /// - Parameters:
    ///   - former: those of an earlier configuration: of them, what stays the same is kept, with its queue.
    ///   - ended: those of them that cannot be kept.
    init(
        _ configuration: Configuration, _ factory: ExporterFactory, keeping former: ExporterSet? = nil,
        besides ended: [any Exporter] = []
    ) {
        self.configuration = configuration
        guard !configuration.isDisabled else {
            entries = []
            return
        }
        let receivers = [EBPFReceiverConfiguration.type] + configuration.receivers.map(\.name)
        let alike = former?.isAlike(configuration) == true ? former?.entries ?? [] : []
        let kept = alike.filter { entry in !ended.contains { $0 === entry.exporter } }
        entries = Signal.allCases.flatMap { signal in
            let used = Set(receivers.flatMap { configuration.exporters(for: signal, from: $0) })
            return configuration.exporters.filter { used.contains($0.name) }.map { section in
                let key = Key(name: section.name, signal: signal)
                return kept.first { $0.key == key && $0.section == section }
                    ?? Entry(key: key, section: section, exporter: factory.exporter(section, signal, configuration))
            }
        }
    }

    /// Whether what a section says means the same in another configuration.
    private func isAlike(_ other: Configuration) -> Bool {
        configuration.storages == other.storages && configuration.isDisabled == other.isDisabled
            && configuration.largestReceived == other.largestReceived
    }

    /// All of them.
    var all: ExporterGroup { ExporterGroup(entries.map(\.exporter)) }

    /// Those that take our own spans.
    var observed: ExporterGroup { ExporterGroup(exporters(for: .traces, from: EBPFReceiverConfiguration.type)) }

    /// Those that take a signal from a receiver.
    func exporters(for signal: Signal, from receiver: String) -> [any Exporter] {
        let names = configuration.exporters(for: signal, from: receiver)
        return entries.filter { $0.key.signal == signal && names.contains($0.key.name) }.map(\.exporter)
    }

    /// Those that another set lacks.
    func missing(in other: ExporterSet) -> [any Exporter] {
        entries.map(\.exporter).filter { exporter in !other.entries.contains { $0.exporter === exporter } }
    }

    /// Whether an exporter's queue lies on disk, where only one can have it.
    func isStored(_ exporter: any Exporter) -> Bool {
        entries.contains { $0.exporter === exporter && $0.section.storage != nil }
    }
}
