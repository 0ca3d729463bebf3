/// A value of the configuration as it was written, with where that was: what is left of YAML once it is parsed, and what
/// the environment lays over it.
struct ConfigurationNode: Sendable {
    /// Where something was written.
    enum Origin: Sendable, Hashable {
        /// A line of the file, the first is 1.
        case line(Int)
        /// An environment variable.
        case environment(String)
        /// Nowhere: one of our own defaults.
        case builtIn
    }

    /// One key of a mapping with its value.
    struct Entry: Sendable {
        var key: String
        var origin: Origin
        var value: ConfigurationNode
    }

    /// What was written.
    enum Value: Sendable {
        /// Nothing, `~` or `null`: the default is meant.
        case empty
        case scalar(String)
        case sequence([ConfigurationNode])
        /// Entries in the order of the file, each key once.
        case mapping([Entry])
    }

    var value: Value
    var origin: Origin
    /// Whether the text came out of `${env:...}`, where a list can only be written with commas.
    var isSubstituted = false

    init(_ value: Value, _ origin: Origin) {
        self.value = value
        self.origin = origin
    }

    /// The entries, when it is a mapping; none when it is empty; nil otherwise.
    var entries: [Entry]? {
        switch value {
        case .mapping(let entries): entries
        case .empty: []
        case .scalar, .sequence: nil
        }
    }

    /// The value below a path of keys.
    subscript(path: String...) -> ConfigurationNode? {
        var node = self
        for key in path {
            guard let entry = node.entries?.first(where: { $0.key == key }) else { return nil }
            node = entry.value
        }
        return node
    }

    /// Puts a value below a path of keys and makes the mappings on the way. What is there and is no mapping stays as it is:
    /// decoding reports it.
    mutating func set(_ path: ArraySlice<String>, to node: ConfigurationNode) {
        guard let key = path.first else {
            self = node
            return
        }
        guard var entries else { return }
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].value.set(path.dropFirst(), to: node)
        } else {
            var child = ConfigurationNode(.empty, node.origin)
            child.set(path.dropFirst(), to: node)
            entries.append(Entry(key: key, origin: node.origin, value: child))
        }
        value = .mapping(entries)
    }

    /// Removes what lies at a path of keys.
    mutating func remove(_ path: ArraySlice<String>) {
        guard let key = path.first, var entries, let index = entries.firstIndex(where: { $0.key == key }) else {
            return
        }
        if path.count == 1 {
            entries.remove(at: index)
        } else {
            entries[index].value.remove(path.dropFirst())
        }
        value = .mapping(entries)
    }
}
