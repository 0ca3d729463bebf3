/// One key of a section: its name, what it means, and how it is read and written.
struct ConfigurationKey<Section: Sendable>: Sendable {
    /// Somewhere in the section.
    typealias Place<Value> = any WritableKeyPath<Section, Value> & Sendable

    /// The key.
    let name: String
    /// What it means, in one line.
    let summary: String
    /// What can stand behind it.
    let shape: @Sendable () -> ConfigurationKeyDescription.Shape
    /// Whether the name alone, with nothing behind it, says something.
    var heedsEmpty = false
    /// Reads what is written, or reports what is wrong with it.
    let read: @Sendable (inout Section, ConfigurationNode, String, inout ConfigurationProblems) -> Void
    /// What would be written, with secrets masked or not; nil when there is nothing to write.
    let write: @Sendable (Section, _ masking: Bool) -> ConfigurationNode?

    /// A key with one value.
    static func value<Value>(
        _ name: String, _ place: Place<Value>, _ type: ConfigurationValueType<Value>, _ summary: String
    ) -> Self {
        Self(name: name, summary: summary, shape: { .value(type: type.name) }) { section, node, path, problems in
            if let value = type.read(node, path, &problems) { section[keyPath: place] = value }
        } write: { section, masking in
            let text = type.format(section[keyPath: place])
            return ConfigurationNode(.scalar(masking ? HTTPURL.masked(text) : text), .builtIn)
        }
    }

    /// A key that may have no value at all; an empty text is none, as in the Collector.
    static func optional<Value>(
        _ name: String, _ place: Place<Value?>, _ type: ConfigurationValueType<Value>, _ summary: String
    ) -> Self {
        Self(name: name, summary: summary, shape: { .value(type: type.name) }) { section, node, path, problems in
            if case .scalar("") = node.value { return }
            if let value = type.read(node, path, &problems) { section[keyPath: place] = value }
        } write: { section, masking in
            guard let text = section[keyPath: place].map(type.format) else { return nil }
            return ConfigurationNode(.scalar(masking ? HTTPURL.masked(text) : text), .builtIn)
        }
    }

    /// A key with a text that nobody but us may see: it is masked wherever the configuration is shown.
    static func secret(_ name: String, _ place: Place<String?>, _ summary: String) -> Self {
        // Any text will do, so that nothing of it is ever in a complaint.
        let type = ConfigurationValueType<String>(name: "secret text", expectation: "a text") {
            $0
        } format: {
            $0
        }
        return Self(name: name, summary: summary, shape: { .value(type: type.name) }) { section, node, path, problems in
            if case .scalar("") = node.value { return }
            if let value = type.read(node, path, &problems) { section[keyPath: place] = value }
        } write: { section, masking in
            guard let text = section[keyPath: place] else { return nil }
            return ConfigurationNode(.scalar(masking ? SecretMask.text : text), .builtIn)
        }
    }

    /// A key that can say one thing only in this version.
    static func fixed(_ name: String, to text: String, later: [String] = [], _ summary: String) -> Self {
        let type = ConfigurationValueType<String>(name: text, expectation: text, later: later) {
            $0.lowercased() == text ? text : nil
        } format: {
            $0
        }
        return Self(name: name, summary: summary, shape: { .value(type: type.name) }) { _, node, path, problems in
            _ = type.read(node, path, &problems)
        } write: { _, _ in
            ConfigurationNode(.scalar(text), .builtIn)
        }
    }

    /// A key with a list of values.
    static func list<Value>(
        _ name: String, _ place: Place<[Value]>, of type: ConfigurationValueType<Value>, _ summary: String
    ) -> Self {
        Self(name: name, summary: summary, shape: { .list(type: type.name) }) { section, node, path, problems in
            guard let items = node.items else {
                problems.add(path, node.origin, "expected a list, each of it \(type.expectation)")
                return
            }
            section[keyPath: place] = items.compactMap { type.read($0, path, &problems) }
        } write: { section, _ in
            let items = section[keyPath: place].map { ConfigurationNode(.scalar(type.format($0)), .builtIn) }
            return ConfigurationNode(.sequence(items), .builtIn)
        }
    }

    /// A key with keys of its own.
    static func section<Child: ConfigurationSection>(
        _ name: String, _ place: Place<Child>, _ summary: String
    ) -> Self {
        Self(name: name, summary: summary, shape: { .section(Child.sectionDescription) }) {
            section, node, path, problems in
            section[keyPath: place].read(node, at: path, &problems)
        } write: { section, masking in
            section[keyPath: place].node(masking: masking)
        }
    }

    /// A key with keys of its own that may be absent as a whole; `heedsEmpty` when its name alone makes it present.
    static func optionalSection<Child: ConfigurationSection>(
        _ name: String, _ place: Place<Child?>, heedsEmpty: Bool = false, _ summary: String
    ) -> Self {
        Self(
            name: name, summary: summary, shape: { .section(Child.sectionDescription) }, heedsEmpty: heedsEmpty
        ) { section, node, path, problems in
            var child = section[keyPath: place] ?? Child()
            child.read(node, at: path, &problems)
            section[keyPath: place] = child
        } write: { section, masking in
            section[keyPath: place]?.node(masking: masking)
        }
    }
}

extension ConfigurationValueType {
    /// The value of a node; nil, and a problem, when it is none.
    func read(_ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems) -> Value? {
        guard case .scalar(let text) = node.value else {
            problems.add(path, node.origin, "expected \(expectation)")
            return nil
        }
        if let value = parse(text) { return value }
        problems.add(path, node.origin, complaint(about: text))
        return nil
    }
}

extension ConfigurationNode {
    /// The items of a list; where only a text can be given (a variable, a substitution), those between commas.
    var items: [ConfigurationNode]? {
        switch value {
        case .sequence(let items): return items
        case .scalar(let text) where isSubstituted:
            return text.split(separator: ",").map { ConfigurationNode(.scalar(HeaderList.trim($0)), origin) }
        case .empty: return []
        case .scalar, .mapping: return nil
        }
    }
}
