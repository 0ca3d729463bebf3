/// The keys that are known and do nothing, by where they are, for the reference.
struct KeysWithoutEffect {
    /// Those that are accepted.
    private(set) var ignored: [(String, [String])] = []
    /// Those that are refused until a later version.
    private(set) var later: [(String, [String])] = []

    /// Of everything that there is.
    static var all: Self {
        var keys = Self()
        keys.add("top level", later: ConfigurationCatalog.laterKeys)
        for group in ConfigurationCatalog.Group.allCases { keys.add("`\(group.rawValue)`", later: group.laterTypes) }
        for key in ConfigurationCatalog.root { keys.add(key, below: []) }
        return keys
    }

    private mutating func add(_ place: String, ignored: [String] = [], later: [String] = []) {
        if !ignored.isEmpty { self.ignored.append((place, ignored)) }
        if !later.isEmpty { self.later.append((place, later)) }
    }

    private mutating func add(_ key: ConfigurationKeyDescription, below path: [String]) {
        let path = path + [key.name]
        switch key.shape {
        case .section(let section): add(section, at: path)
        case .components(let components):
            if path == ["service", "pipelines"] {
                add("`service.pipelines`", later: ConfigurationCatalog.laterPipelines)
            }
            for component in components { add(component.section, at: path + [component.type]) }
        case .value, .list, .headers, .sections: break
        }
    }

    private mutating func add(_ section: ConfigurationSectionDescription, at path: [String]) {
        add("`" + path.joined(separator: ".") + "`", ignored: section.ignoredKeys, later: section.laterKeys)
        for key in section.keys { add(key, below: path) }
    }
}
