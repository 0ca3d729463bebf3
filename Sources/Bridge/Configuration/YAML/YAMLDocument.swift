import Yams

/// Why a text is no YAML that we take.
struct YAMLError: Error {
    /// The line, when it is known; the first is 1.
    var line: Int?
    /// What is wrong, in a few words.
    var message: String
}

/// Reads YAML 1.1 into ``ConfigurationNode``s. The one file that knows the YAML library.
enum YAMLDocument {
    /// Most levels of mappings and sequences within one another.
    static let maximumDepth = 64
    /// Most nodes, with aliases unfolded.
    static let maximumNodes = 100_000

    /// Reads the one document of a text.
    ///
    /// `<<` merge keys are resolved: a mapping's own keys win, then the earlier of several merged mappings.
    ///
    /// - Throws: ``YAMLError`` when the text is empty, is no YAML, holds a key twice, or goes beyond a limit.
    static func parse(_ text: String) throws(YAMLError) -> ConfigurationNode {
        guard !AliasBudget.isExceeded(by: text) else {
            throw YAMLError(line: nil, message: "its aliases unfold to more than is allowed")
        }
        let root: Node?
        do {
            // The basic resolver leaves scalars as the text they are: what a text means is the key's to say.
            root = try Yams.compose(yaml: text, .basic, .default, .utf8)
        } catch {
            throw translate(error)
        }
        guard let root else { throw YAMLError(line: nil, message: "it is empty") }
        var count = 0
        let node = try convert(root, depth: 0, count: &count)
        if case .empty = node.value { throw YAMLError(line: nil, message: "it is empty") }
        return node
    }

    private static func convert(_ node: Node, depth: Int, count: inout Int) throws(YAMLError) -> ConfigurationNode {
        let line = node.mark?.line ?? 1
        count += 1
        guard depth < maximumDepth else { throw YAMLError(line: line, message: "it is nested too deeply") }
        guard count <= maximumNodes else { throw YAMLError(line: line, message: "it has too many values") }
        switch node {
        case .scalar(let scalar):
            let isEmpty = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return ConfigurationNode(isEmpty ? .empty : .scalar(scalar.string), .line(line))
        case .sequence(let sequence):
            var items: [ConfigurationNode] = []
            for item in sequence { items.append(try convert(item, depth: depth + 1, count: &count)) }
            return ConfigurationNode(.sequence(items), .line(line))
        case .mapping(let mapping):
            let entries = try convert(mapping, depth: depth, count: &count)
            return ConfigurationNode(.mapping(entries), .line(line))
        case .alias:
            throw YAMLError(line: line, message: "it has an alias that stands for nothing")
        }
    }

    private static func convert(
        _ mapping: Node.Mapping, depth: Int, count: inout Int
    ) throws(YAMLError) -> [ConfigurationNode.Entry] {
        var entries: [ConfigurationNode.Entry] = []
        var merged: [ConfigurationNode.Entry] = []
        for (key, value) in mapping {
            let line = key.mark?.line ?? 1
            guard case .scalar(let scalar) = key else {
                throw YAMLError(line: line, message: "a key must be a text")
            }
            let node = try convert(value, depth: depth + 1, count: &count)
            if scalar.string == "<<", scalar.style == .plain {
                merged += try mergedEntries(node, line: line)
            } else {
                entries.append(.init(key: scalar.string, origin: .line(line), value: node))
            }
        }
        guard !merged.isEmpty else { return entries }
        var known = Set(entries.map(\.key))
        for entry in merged where known.insert(entry.key).inserted { entries.append(entry) }
        return entries
    }

    private static func mergedEntries(
        _ node: ConfigurationNode, line: Int
    ) throws(YAMLError) -> [ConfigurationNode.Entry] {
        switch node.value {
        case .mapping(let entries): return entries
        case .sequence(let items):
            var entries: [ConfigurationNode.Entry] = []
            for item in items {
                guard case .mapping(let more) = item.value else { break }
                entries += more
            }
            if items.allSatisfy({ if case .mapping = $0.value { true } else { false } }) { return entries }
        case .empty, .scalar: break
        }
        throw YAMLError(line: line, message: "'<<' merges a mapping or a list of mappings")
    }

    private static func translate(_ error: any Error) -> YAMLError {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return YAMLError(
                line: mark.line, message: [context?.text, problem].compactMap(\.self).joined(separator: ", "))
        case .reader(let problem, _, _, _):
            return YAMLError(line: nil, message: problem)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0.prefix(60))'" }.joined(separator: ", ")
            return YAMLError(line: context.mark.line, message: "\(names) is given more than once in one mapping")
        default:
            return YAMLError(line: nil, message: "it cannot be read as YAML")
        }
    }
}
