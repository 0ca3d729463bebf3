/// A label that must be there, with a value that matches.
struct LabelPattern: Sendable, Equatable {
    /// Most labels of a rule.
    static let maximum = 64

    var name: String
    var value: Glob
}

extension ConfigurationKey {
    /// A key with labels by name, each value a pattern.
    static func labels(_ name: String, _ place: Place<[LabelPattern]>, _ summary: String) -> Self {
        Self(name: name, summary: summary, shape: { .value(type: "patterns by label") }) {
            section, node, path, problems in
            guard let entries = node.entries, entries.count <= LabelPattern.maximum else {
                problems.add(
                    path, node.origin, "expected a mapping of labels to patterns, at most \(LabelPattern.maximum)")
                return
            }
            let type = ConfigurationValueType<Glob>.glob
            for entry in entries {
                guard let value = type.read(entry.value, path + "." + entry.key, &problems) else { continue }
                section[keyPath: place].append(LabelPattern(name: entry.key, value: value))
            }
        } write: { section, _ in
            let entries = section[keyPath: place].map {
                ConfigurationNode.Entry(
                    key: $0.name, origin: .builtIn, value: ConfigurationNode(.scalar($0.value.text), .builtIn))
            }
            return ConfigurationNode(.mapping(entries), .builtIn)
        }
    }
}
