/// `INTERSPAN_...` variables: every key of the configuration by one rule.
///
/// The name is `INTERSPAN_` and the key's path in upper case, levels joined by `__`; `/`, `-` and `.` within a name are
/// written `_`. Lists are written with commas, lists of mappings as YAML in one line (`[{ports: [80]}]`), headers as
/// `k=v,k2=v2`; an empty variable is unset. A variable without `__`
/// is none of ours: Kubernetes sets `INTERSPAN_SERVICE_HOST` wherever a service is called interspan.
struct KeyVariables {
    private typealias Catalog = ConfigurationCatalog

    static let prefix = "INTERSPAN_"

    /// The variable of a path.
    static func name(of path: [String]) -> String {
        prefix + path.map(segment).joined(separator: "__")
    }

    private static func segment(_ name: String) -> String {
        String(name.map { "/-.".contains($0) ? "_" : $0 }).uppercased()
    }

    /// Lays the variables over what the file says.
    static func apply(
        _ environment: [String: String], to root: inout ConfigurationNode, _ problems: inout ConfigurationProblems
    ) {
        let service = prefix + "SERVICE__"
        let names = environment.keys.filter { $0.hasPrefix(prefix) && $0.contains("__") }
        // `service` comes first, since a component that only its pipelines or extensions name can be reached as well.
        for name in names.sorted(by: { ($0.hasPrefix(service) ? 0 : 1, $0) < ($1.hasPrefix(service) ? 0 : 1, $1) }) {
            guard let value = environment[name], !value.isEmpty else { continue }
            set(name, to: value, in: &root, &problems)
        }
    }

    private static func set(
        _ name: String, to value: String, in root: inout ConfigurationNode, _ problems: inout ConfigurationProblems
    ) {
        let origin = ConfigurationNode.Origin.environment(name)
        var keys = Catalog.root
        var later = Catalog.laterKeys
        var ignored: [String] = []
        var path: [String] = []
        var choices: [(path: [String], keys: [String])] = []
        var segments = split(name.dropFirst(prefix.count))[...]
        walk: while let wanted = segments.popFirst() {
            guard let key = keys.first(where: { segment($0.name) == wanted }) else {
                if ignored.contains(where: { segment($0) == wanted }) {
                    problems.warn(name, origin, "has no effect here")
                    return
                }
                let message = Suggestion.message(unknown: "key", wanted.lowercased(), among: keys.map(\.name))
                let isLater = later.contains { segment($0) == wanted }
                problems.add(name, origin, isLater ? "not available in this version" : message)
                return
            }
            path.append(key.name)
            switch key.shape {
            case .section(let section):
                if section.isChoice { choices.append((path, section.keys.map(\.name))) }
                (keys, later, ignored) = (section.keys, section.laterKeys, section.ignoredKeys)
            case .components(let types):
                guard let wanted = segments.popFirst() else { break walk }
                guard let (component, type) = find(wanted, among: types, at: path, in: root) else {
                    let known = candidates(types, at: path, in: root).sorted().joined(separator: ", ")
                    problems.add(
                        name, origin, "nothing in \(path.joined(separator: ".")) has this name, known are \(known)")
                    return
                }
                path.append(component)
                (keys, later, ignored) = (type.section.keys, type.section.laterKeys, type.section.ignoredKeys)
            case .value, .list, .headers, .sections:
                guard segments.isEmpty else { break walk }
                for choice in choices { root.writeOut(choice.keys, at: choice.path[...]) }
                var node = ConfigurationNode(.scalar(value), origin)
                node.isSubstituted = true
                root.set(path[...], to: node)
                return
            }
        }
        problems.add(name, origin, "expected the name of a single key, \(path.joined(separator: ".")) is not one")
    }

    /// Splits at `__`.
    private static func split(_ name: Substring) -> [String] {
        var parts: [String] = []
        var rest = name
        while let range = rest.firstRange(of: "__") {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }

    private static func find(
        _ wanted: String, among types: [ConfigurationComponentDescription], at path: [String],
        in root: ConfigurationNode
    ) -> (String, ConfigurationComponentDescription)? {
        guard let text = candidates(types, at: path, in: root).sorted().first(where: { segment($0) == wanted }),
            let type = ComponentName(text, in: Catalog.Group(rawValue: path[0]))?.type,
            let description = types.first(where: { $0.type == type })
        else { return nil }
        return (text, description)
    }

    /// Names that can be meant: each type's own, those in the file, and those that a pipeline names.
    private static func candidates(
        _ types: [ConfigurationComponentDescription], at path: [String], in root: ConfigurationNode
    ) -> Set<String> {
        var names = Set(types.map(\.type))
        var node: ConfigurationNode? = root
        for key in path { node = node?[key] }
        names.formUnion(node?.entries?.map(\.key) ?? [])
        if path.count == 1, let group = Catalog.Group(rawValue: path[0]) {
            names.formUnion(root.references(to: group).map(\.text))
        }
        return names
    }
}

extension ConfigurationNode {
    /// Writes out what a mapping that is not written stands for: each of these keys, with nothing behind it. Otherwise a
    /// variable that sets one of them would be all that is written.
    fileprivate mutating func writeOut(_ keys: [String], at path: ArraySlice<String>) {
        var node: ConfigurationNode? = self
        for key in path { node = node?[key] }
        guard node?.entries?.isEmpty ?? true else { return }
        if let node, node.entries == nil { return }
        for key in keys { set(path + [key], to: ConfigurationNode(.empty, node?.origin ?? .builtIn)) }
    }

    /// The components of a group that pipelines name (of extensions `service`), with where each is named.
    func references(to group: ConfigurationCatalog.Group) -> [(text: String, origin: Origin)] {
        let pipelines = self["service", "pipelines"]?.entries?.map(\.value) ?? []
        let lists = group == .extensions ? [self["service"]].compactMap(\.self) : pipelines
        return lists.flatMap { $0[group.rawValue]?.names(in: group) ?? [] }
    }

    /// The names of a list, aliases resolved.
    func names(in group: ConfigurationCatalog.Group) -> [(text: String, origin: Origin)] {
        switch value {
        case .sequence(let items):
            items.compactMap { item in
                guard case .scalar(let text) = item.value else { return nil }
                return ComponentName(text, in: group).map { ($0.text, item.origin) }
            }
        case .scalar(let text):
            text.split(separator: ",").compactMap { ComponentName(HeaderList.trim($0), in: group) }.map {
                ($0.text, origin)
            }
        case .mapping, .empty: []
        }
    }
}
