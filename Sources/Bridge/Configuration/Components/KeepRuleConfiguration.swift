/// One rule of `processors.sample.keep`.
public enum KeepRuleConfiguration: Sendable, Equatable {
    /// `error: true`: a span with an error status.
    case error
    /// `slower_than: 1s`: a span that took longer, ns. 1 ms...1 h.
    case slowerThan(UInt64)
    /// `attribute: {tenant: gold}`: a span, or a resource, with this attribute; `*` and `?` stand for any characters.
    case attribute(key: String, value: String)
    /// `header: x-trace-me`: a request that carries this header, in lower case.
    case header(String)
}

extension KeepRuleConfiguration {
    private static let duration = ConfigurationValueType.duration(1_000_000...3_600_000_000_000)
    private static let text = ConfigurationValueType.text("a value, in which * and ? stand for any characters")
    private static let names = ["error", "slower_than", "attribute", "header"]
    static let expectation = "a mapping with one of \(names.joined(separator: ", ")), such as {error: true}"

    /// A rule as it stands in a file: a mapping of one key.
    fileprivate static func read(
        _ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems
    ) -> Self? {
        if case .scalar(let text) = node.value, node.isSubstituted || node.origin.isEnvironment {
            return read(text, node, path, &problems)
        }
        guard let entries = node.entries, entries.count == 1 else {
            problems.add(path, node.origin, "expected " + expectation)
            return nil
        }
        let (name, value) = (entries[0].key, entries[0].value)
        return read(name, value, entries[0].origin, path + "." + name, &problems)
    }

    /// A rule as it stands in a variable: `error`, `slower_than=1s`, `attribute.tenant=gold`, `header=x-trace-me`.
    private static func read(
        _ text: String, _ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems
    ) -> Self? {
        let parts = text.split(separator: "=", maxSplits: 1).map { HeaderList.trim($0) }
        let prefix = "attribute."
        guard let name = parts.first else {
            problems.add(path, node.origin, "expected " + expectation)
            return nil
        }
        func scalar(_ text: String) -> ConfigurationNode { ConfigurationNode(.scalar(text), node.origin) }
        if name.hasPrefix(prefix), parts.count == 2 {
            let entry = ConfigurationNode.Entry(
                key: String(name.dropFirst(prefix.count)), origin: node.origin, value: scalar(parts[1]))
            let value = ConfigurationNode(.mapping([entry]), node.origin)
            return read("attribute", value, node.origin, path, &problems)
        }
        let value = scalar(parts.count == 2 ? parts[1] : name == "error" ? "true" : "")
        return read(name, value, node.origin, path, &problems)
    }

    private static func read(
        _ name: String, _ value: ConfigurationNode, _ origin: ConfigurationNode.Origin, _ path: String,
        _ problems: inout ConfigurationProblems
    ) -> Self? {
        switch name {
        case "error":
            guard case .scalar(let text) = value.value, text.lowercased() == "true" else {
                problems.add(path, origin, "expected true: a rule that should not hold is left out")
                return nil
            }
            return .error
        case "slower_than": return duration.read(value, path, &problems).map { .slowerThan($0) }
        case "attribute":
            guard let entries = value.entries, entries.count == 1, !entries[0].key.isEmpty else {
                problems.add(path, origin, "expected a mapping of one attribute to its value, such as {tenant: gold}")
                return nil
            }
            let key = entries[0].key
            return text.read(entries[0].value, path + "." + key, &problems).map { .attribute(key: key, value: $0) }
        case "header": return ConfigurationValueType.headerName.read(value, path, &problems).map { .header($0) }
        default:
            problems.add(path, origin, Suggestion.message(unknown: "rule", name, among: names))
            return nil
        }
    }

    /// The rule as it would be written.
    fileprivate var node: ConfigurationNode {
        func scalar(_ text: String) -> ConfigurationNode { ConfigurationNode(.scalar(text), .builtIn) }
        func mapping(_ key: String, _ value: ConfigurationNode) -> ConfigurationNode {
            ConfigurationNode(.mapping([.init(key: key, origin: .builtIn, value: value)]), .builtIn)
        }
        switch self {
        case .error: return mapping("error", scalar("true"))
        case .slowerThan(let duration): return mapping("slower_than", scalar(DurationText.format(duration)))
        case .attribute(let key, let value): return mapping("attribute", mapping(key, scalar(value)))
        case .header(let name): return mapping("header", scalar(name))
        }
    }
}

extension ConfigurationKey {
    /// A key with a list of rules, each a mapping of one key.
    static func rules(_ name: String, _ place: Place<[KeepRuleConfiguration]>, _ summary: String) -> Self {
        Self(name: name, summary: summary, shape: { .list(type: "rule") }) { section, node, path, problems in
            guard let items = node.items else {
                problems.add(path, node.origin, "expected a list, each of it " + KeepRuleConfiguration.expectation)
                return
            }
            section[keyPath: place] = items.compactMap { KeepRuleConfiguration.read($0, path, &problems) }
        } write: { section, _ in
            ConfigurationNode(.sequence(section[keyPath: place].map(\.node)), .builtIn)
        }
    }
}

extension ConfigurationNode.Origin {
    /// Whether it is a variable.
    fileprivate var isEnvironment: Bool {
        if case .environment = self { true } else { false }
    }
}
