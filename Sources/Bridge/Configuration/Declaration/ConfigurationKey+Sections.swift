extension ConfigurationKey {
    /// A key with a list of mappings, each with keys of its own. Where only a text can be given (a variable, a substitution),
    /// it is the list as YAML: `[{ports: [80]}]`.
    static func sections<Child: ConfigurationSection>(
        _ name: String, _ place: Place<[Child]>, maximum: Int, _ summary: String
    ) -> Self {
        Self(name: name, summary: summary, shape: { .sections(Child.sectionDescription) }) {
            section, node, path, problems in
            guard let items = node.listItems, items.count <= maximum else {
                let example = Child.keys[0].name
                problems.add(
                    path, node.origin, "expected a list of mappings, such as [{\(example): ...}], at most \(maximum)")
                return
            }
            section[keyPath: place] = items.enumerated().map { index, item in
                var child = Child()
                child.read(item, at: "\(path)[\(index)]", &problems)
                return child
            }
        } write: { section, masking in
            let items = section[keyPath: place].map { child in
                let entries = child.node(masking: masking).entries ?? []
                return ConfigurationNode(.mapping(entries.filter { !$0.value.isEmptyList }), .builtIn)
            }
            return ConfigurationNode(.sequence(items), .builtIn)
        }
    }
}

extension ConfigurationNode {
    /// The items of a list; those that a text holds as YAML, where only a text can be given.
    fileprivate var listItems: [ConfigurationNode]? {
        switch value {
        case .sequence(let items): return items
        case .empty: return []
        case .scalar(let text) where isSubstituted:
            guard let node = try? YAMLDocument.parse(text), case .sequence(let items) = node.value else { return nil }
            return items.map { $0.relocated(to: origin) }
        case .scalar, .mapping: return nil
        }
    }

    /// The same, as if all of it had been written in one place.
    private func relocated(to origin: Origin) -> ConfigurationNode {
        var node = self
        node.origin = origin
        switch value {
        case .empty, .scalar: break
        case .sequence(let items): node.value = .sequence(items.map { $0.relocated(to: origin) })
        case .mapping(let entries):
            node.value = .mapping(
                entries.map { .init(key: $0.key, origin: origin, value: $0.value.relocated(to: origin)) })
        }
        return node
    }

    /// Whether it is a list or a mapping with nothing in it.
    fileprivate var isEmptyList: Bool {
        switch value {
        case .sequence(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        case .empty, .scalar: false
        }
    }
}
