/// What a key is, whatever section it is of.
struct ConfigurationKeyDescription: Sendable {
    /// What can stand behind a key.
    indirect enum Shape: Sendable {
        /// One value of a kind.
        case value(type: String)
        /// A list of values of a kind.
        case list(type: String)
        /// A list of mappings with keys of their own.
        case sections(ConfigurationSectionDescription)
        /// HTTP header fields by name; their values are secret.
        case headers
        /// Keys of its own.
        case section(ConfigurationSectionDescription)
        /// Components, each named `type` or `type/name`.
        case components([ConfigurationComponentDescription])
    }

    /// The key.
    let name: String
    /// What it means, in one line.
    let summary: String
    /// What can stand behind it.
    let shape: Shape
    /// Its default as YAML; nil when there is none.
    let defaultText: String?
}

/// What a group of keys is.
struct ConfigurationSectionDescription: Sendable {
    /// Its keys.
    var keys: [ConfigurationKeyDescription]
    /// Keys that come with a later version.
    var laterKeys: [String] = []
    /// Keys that are accepted and do nothing.
    var ignoredKeys: [String] = []
    /// Whether it has all its keys when none is written, and else those alone that are written.
    var isChoice = false
}

/// What a component is.
struct ConfigurationComponentDescription: Sendable {
    /// The name of its type.
    let type: String
    /// What it is, in one line.
    let summary: String
    /// Its keys.
    let section: ConfigurationSectionDescription

    /// A component's type with what it holds.
    init(type: String, summary: String, section: ConfigurationSectionDescription) {
        self.type = type
        self.summary = summary
        self.section = section
    }

    /// The description of a component's type.
    init<Component: ConfigurationComponent>(_ component: Component.Type) {
        self.init(type: component.type, summary: component.summary, section: component.sectionDescription)
    }
}
