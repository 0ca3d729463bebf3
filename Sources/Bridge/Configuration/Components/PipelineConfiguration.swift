public import OTLP

/// `service.pipelines.traces[/name]`, `metrics[/name]`, `logs[/name]`: what a pipeline is made of, by name.
public struct PipelineConfiguration: Sendable, Equatable {
    /// Its name: `traces`, `metrics` or `logs`, alone or with `/name`.
    public var name = "traces"
    /// What flows through it.
    public var signal = Signal.traces
    /// `receivers`: where telemetry comes from. Default `[ebpf]` of traces, `[otlp]` of the others.
    public var receivers = [EBPFReceiverConfiguration.type]
    /// `processors`: what is done with it. `correlate` and `merge` always run. Default none more. What the environment and
    /// `batch` set lies in ``Configuration/exporters``; those two of the Collector's processors are not here.
    public var processors: [String] = []
    /// `exporters`: where it goes. Default the one that `OTEL_TRACES_EXPORTER` and its relatives describe.
    public var exporters: [String] = []

    /// The defaults of traces.
    public init() {}

    /// The defaults of a signal's pipeline.
    init(signal: Signal) {
        self.signal = signal
        name = signal.pipelineType
        if signal != .traces { receivers = [OTLPReceiverConfiguration.type] }
    }
}

extension Signal {
    /// The type of its pipelines, as the Collector names them.
    var pipelineType: String {
        switch self {
        case .traces: "traces"
        case .metrics: "metrics"
        case .logs: "logs"
        }
    }

    /// The signal of a type of pipelines.
    init?(pipelineType: String) {
        guard let signal = Self.allCases.first(where: { $0.pipelineType == pipelineType }) else { return nil }
        self = signal
    }
}

extension PipelineConfiguration: ConfigurationSection {
    /// The types of pipelines, each with its defaults.
    static var descriptions: [ConfigurationComponentDescription] {
        Signal.allCases.map { signal in
            let summary =
                switch signal {
                case .traces: "A pipeline of spans."
                case .metrics, .logs:
                    "A pipeline of \(signal.pipelineType), which are passed on as they are: from `otlp` receivers to "
                        + "`otlp_grpc` and `otlp_http` exporters. Where no pipeline of \(signal.pipelineType) is written, "
                        + "they follow the pipelines of traces."
                }
            return .init(
                type: signal.pipelineType, summary: summary, section: Self(signal: signal).sectionDescription)
        }
    }

    static let keys: [ConfigurationKey<Self>] = [
        .list("receivers", \.receivers, of: .component(.receivers), "Where it comes from, by name."),
        .list(
            "processors", \.processors, of: .component(.processors),
            "What is done with it; `correlate` and `merge` run on spans whether named or not."),
        .list(
            "exporters", \.exporters, of: .component(.exporters),
            "Where it goes; without any, to the one exporter that the `OTEL_*` variables describe."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if receivers.isEmpty {
            problems.add(path + ".receivers", origin, "expected at least one receiver, such as ebpf")
        }
        if Set(exporters).count < exporters.count {
            problems.add(path + ".exporters", origin, "expected each exporter once")
        }
        guard signal != .traces else { return }
        for (group, names, types) in [
            (ConfigurationCatalog.Group.receivers, receivers, [OTLPReceiverConfiguration.type]),
            (.processors, processors, [BatchProcessorConfiguration.type, MemoryLimiterConfiguration.type]),
            (.exporters, exporters, [OTLPGRPCConfiguration.type, OTLPHTTPConfiguration.type]),
        ] {
            for name in names where !types.contains(ComponentName(name, in: group)?.type ?? name) {
                let message = "expected \(types.joined(separator: " or ")) for \(signal.pipelineType), found '\(name)'"
                problems.add(path + "." + group.rawValue, origin, message)
            }
        }
    }
}
