internal import OTLP

/// Which pipelines are sampled, and how.
extension ConfigurationAssembly {
    /// Settles on the one `sample` that pipelines name. A trace is decided about once, so that whoever feeds a pipeline with
    /// it must not feed one without.
    mutating func resolveSampling(_ configuration: inout Configuration, _ root: ConfigurationNode) {
        let type = SampleConfiguration.type
        let written = sections.sample.keys.sorted()
        // Without a pipeline of one's own the section can only be meant for the one there is.
        if root["service", "pipelines"]?.entries?.isEmpty ?? true, let only = written.first {
            configuration.pipelines[0].processors.append(only)
        }
        let sampled = configuration.pipelines.filter(\.isSampled)
        let names = Set(sampled.flatMap { $0.processors.filter(\.isSampler) })
        for name in written where !names.contains(name) {
            problems.warn("processors.\(name): no pipeline names it, it has no effect")
        }
        guard let name = names.sorted().first else { return }
        configuration.sample = sections.sample[name] ?? SampleConfiguration()
        configuration.sample?.name = name
        let origins = root.references(to: .processors).filter { $0.text.isSampler }
        if let other = origins.first(where: { $0.text != origins.first?.text }) {
            let message = "expected one \(type), since a trace is decided about once, found "
            problems.add("service.pipelines", other.origin, message + "'\(origins[0].text)' and '\(other.text)'")
        }
        let origin = root["service", "pipelines"]?.origin ?? .builtIn
        for receiver in Set(sampled.flatMap(\.receivers)).sorted() {
            let others = configuration.pipelines.filter {
                $0.signal == .traces && $0.receivers.contains(receiver) && !$0.isSampled
            }
            guard let other = others.first, let one = sampled.first(where: { $0.receivers.contains(receiver) }) else {
                continue
            }
            problems.add(
                "service.pipelines", origin,
                "expected \(name) in both \(one.name) and \(other.name) or in neither, since \(receiver) feeds both")
        }
        if !configuration.usesCapture {
            problems.warn("processors.\(name): has no effect without ebpf, whose traces it decides about")
        }
    }
}

extension PipelineConfiguration {
    /// Whether it names a sampler.
    var isSampled: Bool { signal == .traces && processors.contains(where: \.isSampler) }
}

extension String {
    /// Whether it is the name of a sampler.
    fileprivate var isSampler: Bool { ComponentName(self, in: nil)?.type == SampleConfiguration.type }
}
