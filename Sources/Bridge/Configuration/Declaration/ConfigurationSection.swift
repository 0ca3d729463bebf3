/// A group of keys that belong together. Its ``keys`` are the one source of truth for what is read, printed, documented
/// and reached from the environment.
protocol ConfigurationSection: Sendable {
    /// The section with every key at its default.
    init()
    /// Its keys, in the order in which they are documented.
    static var keys: [ConfigurationKey<Self>] { get }
    /// Keys that are documented and come with a later version.
    static var laterKeys: [String] { get }
    /// The Collector's keys that are accepted, since nothing is lost by it, and do nothing here.
    static var ignoredKeys: [String] { get }
    /// Whether the section has all its keys when none is written, and else those alone that are written.
    static var isChoice: Bool { get }
    /// Is told of the keys that are written before they are read.
    mutating func willRead(_ entries: [ConfigurationNode.Entry])
    /// Reports what single keys cannot know: a key that must be there, two that contradict each other.
    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems)
}

extension ConfigurationSection {
    static var laterKeys: [String] { [] }
    static var ignoredKeys: [String] { [] }
    static var isChoice: Bool { false }

    mutating func willRead(_ entries: [ConfigurationNode.Entry]) {}

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {}

    /// Reads what is written into the section; what is not written stays.
    mutating func read(_ node: ConfigurationNode, at path: String, _ problems: inout ConfigurationProblems) {
        guard let entries = node.entries else {
            problems.add(path, node.origin, "expected a mapping of keys")
            return
        }
        willRead(entries)
        for entry in entries where !problems.isFull {
            let place = path + "." + entry.key
            if let key = Self.keys.first(where: { $0.name == entry.key }) {
                var value = entry.value
                if case .empty = value.value {
                    guard key.heedsEmpty else { continue }
                    value.origin = entry.origin
                }
                key.read(&self, value, place, &problems)
            } else if Self.ignoredKeys.contains(entry.key) {
                problems.warn(place, entry.origin, "has no effect here")
            } else if Self.laterKeys.contains(entry.key) {
                problems.add(place, entry.origin, "not available in this version")
            } else {
                let message = Suggestion.message(unknown: "key", entry.key, among: Self.keys.map(\.name))
                problems.add(place, entry.origin, message)
            }
        }
        check(at: path, node.origin, &problems)
    }

    /// The section as it would be written, every key included.
    func node(masking: Bool = true) -> ConfigurationNode {
        let entries = Self.keys.compactMap { key in
            key.write(self, masking).map {
                ConfigurationNode.Entry(key: key.name, origin: .builtIn, value: $0)
            }
        }
        return ConfigurationNode(.mapping(entries), .builtIn)
    }

    /// What its keys are, for the environment's names and for the documentation.
    static var sectionDescription: ConfigurationSectionDescription { Self().sectionDescription }

    /// What its keys are, with the values of this one as their defaults.
    var sectionDescription: ConfigurationSectionDescription {
        let keys = Self.keys.map { key in
            ConfigurationKeyDescription(
                name: key.name, summary: key.summary, shape: key.shape(),
                defaultText: key.write(self, false).map(YAMLWriter.flow))
        }
        return .init(
            keys: keys, laterKeys: Self.laterKeys, ignoredKeys: Self.ignoredKeys, isChoice: Self.isChoice)
    }
}

/// A section that is named `type` or `type/name` in the file.
protocol ConfigurationComponent: ConfigurationSection {
    /// The name of its type.
    static var type: String { get }
    /// What it is, in one line.
    static var summary: String { get }
}
