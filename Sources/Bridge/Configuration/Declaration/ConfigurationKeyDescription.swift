/// What a key is, whatever section it is of.
struct ConfigurationKeyDescription: Sendable {
    /// What can stand behind a key.
    indirect enum Shape: Sendable {
        /// One value of a kind.
        case value(type: String)
        /// A list of values of a kind.
        case list(type: String)
        /// HTTP header fields by name; their values are secret.
        case headers
        /// Keys of its own, and those that come with a later version.
        case section([ConfigurationKeyDescription], later: [String])
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

/// What a component is.
struct ConfigurationComponentDescription: Sendable {
    /// The name of its type.
    let type: String
    /// What it is, in one line.
    let summary: String
    /// Its keys.
    let keys: [ConfigurationKeyDescription]
    /// Keys that come with a later version.
    let laterKeys: [String]

    /// The description of a component's type.
    init<Component: ConfigurationComponent>(_ component: Component.Type) {
        type = component.type
        summary = component.summary
        keys = component.description
        laterKeys = component.laterKeys
    }
}
