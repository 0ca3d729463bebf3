/// What the configuration means to sampling.
extension Configuration {
    /// What decides which traces leave; nil where contexts alone do.
    var sampler: TraceSampler? { sampleOptions.map { TraceSampler(options: $0) } }

    /// What is said of sampling; nil where contexts alone say which traces leave.
    var sampleOptions: SampleOptions? {
        guard let sample else { return nil }
        var options = SampleOptions()
        options.ratio = sample.ratio
        options.isParentBased = sample.isParentBased
        options.isAlwaysOn = sample.isAlwaysOn
        options.rateLimit = sample.rateLimit
        options.wait = sample.wait
        options.settling = min(options.settling, sample.wait)
        options.maximumMemory = Int(clamping: sample.maximumMemory)
        options.rules = sample.rules
        options.takesReceivedSpans = mergesReceivedSpans && receivers.contains { isSampled($0.name) }
        return options
    }

    /// Whether the traces of a receiver are sampled.
    func isSampled(_ receiver: String) -> Bool {
        sample != nil && pipelines.contains { $0.isSampled && $0.receivers.contains(receiver) }
    }
}

extension SampleConfiguration {
    /// Names of the headers by which a request asks to be traced.
    var headers: [String] { rules.headers }

    /// The rules in the sampler's own terms: of several durations the shortest says all.
    fileprivate var rules: KeepRules {
        keep.reduce(into: KeepRules()) { rules, rule in
            switch rule {
            case .error: rules.errors = true
            case .slowerThan(let duration): rules.slowerThan = min(rules.slowerThan ?? .max, duration)
            case .attribute(let key, let value): rules.attributes.append(.init(key: key, value: TextPattern(value)))
            case .header(let name): rules.headers.append(name)
            }
        }
    }
}
