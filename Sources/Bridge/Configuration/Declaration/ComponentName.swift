/// A component's name: `type` or `type/name`.
struct ComponentName: Hashable {
    /// The type, aliases resolved.
    let type: String
    /// The whole name, aliases resolved.
    let text: String

    /// A name; nil when a part of it is missing or it has white space.
    ///
    /// - Parameters:
    ///   - text: What is written.
    ///   - group: The components it is among, whose aliases are resolved; nil for pipelines.
    init?(_ text: String, in group: ConfigurationCatalog.Group?) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard !text.isEmpty, text.utf8.count <= 256, parts.allSatisfy({ !$0.isEmpty }),
            !text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 32 })
        else { return nil }
        type = group?.aliases[String(parts[0])] ?? String(parts[0])
        self.text = parts.count == 1 ? type : type + "/" + parts[1]
    }

    /// What is wrong with it as a name of a type among those of this version; nil when nothing is.
    func complaint(kind: String, types: [String], laterTypes: [String]) -> String? {
        if types.contains(type) { return nil }
        if laterTypes.contains(type) { return "\(kind) '\(type)' is not available in this version" }
        return Suggestion.message(unknown: kind, type, among: types)
    }
}

extension ConfigurationValueType<String> {
    /// The name of a component of a group.
    static func component(_ group: ConfigurationCatalog.Group) -> Self {
        let types = group.types
        let expectation = "one of \(types.joined(separator: ", ")), each also with /name"
        return .init(name: "\(group.singular)'s name", expectation: expectation, later: group.laterTypes) { text in
            ComponentName(text, in: group).flatMap { types.contains($0.type) ? $0.text : nil }
        } format: {
            $0
        }
    }
}
