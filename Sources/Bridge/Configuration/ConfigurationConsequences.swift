/// What some keys say about others, unless those are written themselves. It is put in before anything is read, so that
/// what is written and what follows from it are read, checked and shown by the same declaration.
struct ConfigurationConsequences {
    let variables: StandardVariables

    /// Puts in what follows: the `batch` processor's settings, and what a queue's storage and size mean.
    func apply(to root: inout ConfigurationNode) {
        applyBatchProcessors(to: &root)
        let sections = (root["exporters"]?.entries ?? []).filter { entry in
            let type = ComponentName(entry.key, in: .exporters)?.type
            return type == OTLPHTTPConfiguration.type || type == OTLPGRPCConfiguration.type
        }
        for section in sections { complete(section.key, section.value, in: &root) }
    }

    private func complete(_ name: String, _ section: ConfigurationNode, in root: inout ConfigurationNode) {
        let path = ["exporters", name]
        if section["sending_queue", "storage"].isWritten, !section.isFalse("sending_queue", "enabled") {
            // What was accepted outlives a backend that is away for hours.
            let never = ConfigurationNode(.scalar("0s"), .builtIn)
            root.complete(path + ["retry_on_failure", "max_elapsed_time"], with: never)
        }
        if let size = Self.itemLimit(of: section), size < BatchConfiguration().minimumSize {
            let node = ConfigurationNode(.scalar(String(size)), .builtIn)
            root.complete(path + ["sending_queue", "batch", "min_size"], with: node)
        }
    }

    /// Most spans that an exporter's queue holds, where it counts spans: a batch must fit into it.
    private static func itemLimit(of section: ConfigurationNode?) -> UInt32? {
        guard case .scalar(let sizer) = section?["sending_queue", "sizer"]?.value, sizer.lowercased() == "items" else {
            return nil
        }
        guard case .scalar(let text) = section?["sending_queue", "queue_size"]?.value else {
            return UInt32(clamping: SendingQueueConfiguration().size)
        }
        return UInt32(text)
    }

    // MARK: The batch processor

    private func applyBatchProcessors(to root: inout ConfigurationNode) {
        for pipeline in root["service", "pipelines"]?.entries ?? [] {
            let processors = pipeline.value["processors"]?.names(in: .processors) ?? []
            let isBatch = { (name: String) in
                ComponentName(name, in: .processors)?.type == BatchProcessorConfiguration.type
            }
            guard let batch = processors.first(where: { isBatch($0.text) }),
                let section = root["processors", batch.text]
            else { continue }
            for exporter in exporters(of: pipeline.value) {
                let limit = Self.itemLimit(of: root["exporters", exporter]) ?? .max
                guard let settings = settings(of: section, limit: limit) else { break }
                // What the exporter's own section says of sizes stands alone: a pair of both might contradict itself.
                let own = root["exporters", exporter, "sending_queue", "batch"]
                let hasSizes = own?["min_size"].isWritten == true || own?["max_size"].isWritten == true
                for (key, node) in settings where key == "flush_timeout" || !hasSizes {
                    root.complete(["exporters", exporter, "sending_queue", "batch", key], with: node)
                }
            }
        }
    }

    /// The OTLP exporters of a pipeline.
    private func exporters(of pipeline: ConfigurationNode) -> [String] {
        var names = pipeline["exporters"]?.names(in: .exporters).map(\.text) ?? []
        if !pipeline.hasItems("exporters"), let type = variables.exporter.type { names = [type] }
        return names.filter { name in
            let type = ComponentName(name, in: .exporters)?.type
            return type == OTLPHTTPConfiguration.type || type == OTLPGRPCConfiguration.type
        }
    }

    /// What a section of the processor sets, in the queue's terms; nil when it is wrong, which is told when it is read.
    private func settings(of section: ConfigurationNode, limit: UInt32) -> [(String, ConfigurationNode)]? {
        var batch = BatchProcessorConfiguration()
        var problems = ConfigurationProblems()
        batch.read(section, at: "", &problems)
        guard problems.errors.isEmpty else { return nil }
        func node(_ text: String, from key: String) -> ConfigurationNode {
            ConfigurationNode(.scalar(text), section[key]?.origin ?? .builtIn)
        }
        var settings: [(String, ConfigurationNode)] = []
        if section["timeout"].isWritten {
            settings.append(
                ("flush_timeout", node(DurationText.format(max(batch.timeout, 1_000_000)), from: "timeout")))
        }
        if section["send_batch_size"].isWritten || batch.timeout == 0 {
            // Without a time to wait for others, whatever is there leaves.
            let size = batch.timeout == 0 ? 0 : min(batch.size, limit)
            settings.append(("min_size", node(String(size), from: "send_batch_size")))
        }
        if section["send_batch_max_size"].isWritten {
            settings.append(("max_size", node(String(batch.maximumSize), from: "send_batch_max_size")))
        }
        return settings
    }
}

extension ConfigurationNode {
    /// Puts a value below a path of keys, unless there is one.
    fileprivate mutating func complete(_ path: [String], with node: ConfigurationNode) {
        var there: ConfigurationNode? = self
        for key in path { there = there?[key] }
        if !there.isWritten { set(path[...], to: node) }
    }
}

extension ConfigurationNode {
    /// Whether a value is `false`.
    fileprivate func isFalse(_ group: String, _ key: String) -> Bool {
        guard case .scalar(let text) = self[group, key]?.value else { return false }
        return text.lowercased() == "false"
    }
}

extension ConfigurationNode? {
    /// Whether there is anything but the default.
    fileprivate var isWritten: Bool {
        switch self?.value {
        case .empty, nil: false
        case .scalar, .sequence, .mapping: true
        }
    }
}
