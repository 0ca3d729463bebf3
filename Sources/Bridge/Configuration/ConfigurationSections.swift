/// The components' sections by name, as they were read.
struct ConfigurationSections {
    private(set) var ebpf: [String: EBPFReceiverConfiguration] = [:]
    private(set) var receivers: [String: OTLPReceiverConfiguration] = [:]
    private(set) var correlate: [String: CorrelateConfiguration] = [:]
    private(set) var merge: [String: MergeConfiguration] = [:]
    private(set) var sample: [String: SampleConfiguration] = [:]
    private(set) var redact: [String: RedactConfiguration] = [:]
    private(set) var exporters: [String: ExporterConfiguration] = [:]
    private(set) var storages: [String: FileStorageConfiguration] = [:]
    /// Names of OTLP receivers, exporters and storages in the order of the file.
    private(set) var receiverNames: [String] = []
    private(set) var exporterNames: [String] = []
    private(set) var storageNames: [String] = []

    /// Reads the section of a component; what is wrong with it is reported.
    mutating func read(
        _ name: ComponentName, in group: ConfigurationCatalog.Group, _ node: ConfigurationNode, at path: String,
        _ problems: inout ConfigurationProblems
    ) {
        switch group {
        case .receivers: readReceiver(name, node, path, &problems)
        case .processors: readProcessor(name, node, path, &problems)
        case .exporters:
            exporters[name.text] = Self.exporter(name, node, path, &problems)
            exporterNames.append(name.text)
        case .extensions:
            var storage: FileStorageConfiguration = Self.section(node, path, &problems)
            storage.name = name.text
            storages[name.text] = storage
            storageNames.append(name.text)
        }
    }

    private mutating func readReceiver(
        _ name: ComponentName, _ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems
    ) {
        guard name.type == OTLPReceiverConfiguration.type else {
            ebpf[name.text] = Self.section(node, path, &problems)
            return
        }
        var receiver: OTLPReceiverConfiguration = Self.section(node, path, &problems)
        receiver.name = name.text
        receivers[name.text] = receiver
        receiverNames.append(name.text)
    }

    private mutating func readProcessor(
        _ name: ComponentName, _ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems
    ) {
        switch name.type {
        case CorrelateConfiguration.type: correlate[name.text] = Self.section(node, path, &problems)
        case MergeConfiguration.type: merge[name.text] = Self.section(node, path, &problems)
        case SampleConfiguration.type:
            var section: SampleConfiguration = Self.section(node, path, &problems)
            section.name = name.text
            sample[name.text] = section
        case RedactConfiguration.type: redact[name.text] = Self.section(node, path, &problems)
        case BatchProcessorConfiguration.type:
            // What it sets was put into the exporters' sections already.
            let _: BatchProcessorConfiguration = Self.section(node, path, &problems)
        default:
            // Said once rather than of every key.
            var own = ConfigurationProblems()
            let _: MemoryLimiterConfiguration = Self.section(node, path, &own)
            problems.add(errorsOf: own)
            problems.warn(path, node.origin, "has no effect here")
        }
    }

    private static func exporter(
        _ name: ComponentName, _ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems
    ) -> ExporterConfiguration {
        switch name.type {
        case OTLPGRPCConfiguration.type: return .otlpGRPC(name: name.text, section(node, path, &problems))
        case OTLPHTTPConfiguration.type: return .otlpHTTP(name: name.text, section(node, path, &problems))
        case FileExporterConfiguration.type: return .file(name: name.text, section(node, path, &problems))
        default:
            let _: DebugExporterConfiguration = section(node, path, &problems)
            return .debug(name: name.text)
        }
    }

    private static func section<Section: ConfigurationSection>(
        _ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems
    ) -> Section {
        var section = Section()
        section.read(node, at: path, &problems)
        return section
    }
}
