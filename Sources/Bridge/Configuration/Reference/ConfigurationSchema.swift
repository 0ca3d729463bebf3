/// A JSON Schema of the configuration, made from the declarations that it is read by: what editors complete keys and show
/// their meaning with. (JSON Schema draft 7, which the language servers for YAML speak.)
///
/// It knows keys, kinds and ranges, and takes whatever the agent takes; the agent itself says more of what is wrong.
public enum ConfigurationSchema {
    /// The whole schema, over several lines.
    public static var json: String {
        let members: [(String, JSONText)] = [
            ("$schema", .string("http://json-schema.org/draft-07/schema#")),
            ("title", .string("Configuration of interspan \(Version.number)")),
        ]
        let root = ConfigurationSectionDescription(keys: ConfigurationCatalog.root)
        return JSONText.object(members + section(root)).text(indented: true) + "\n"
    }

    private static func section(_ section: ConfigurationSectionDescription) -> [(String, JSONText)] {
        let keys = section.keys.map { ($0.name, schema(of: $0)) }
        let ignored = section.ignoredKeys.map { ($0, JSONText.object([("description", .string("Has no effect."))])) }
        return [
            // A name with nothing behind it has its defaults.
            ("type", .array([.string("object"), .string("null")])), ("properties", .object(keys + ignored)),
            ("additionalProperties", .bool(false)),
        ]
    }

    private static func schema(of key: ConfigurationKeyDescription) -> JSONText {
        let defaults = key.defaultText.map { " Default: \($0)." } ?? ""
        return .object([("description", .string(key.summary + defaults))] + schema(of: key.shape))
    }

    private static func schema(of shape: ConfigurationKeyDescription.Shape) -> [(String, JSONText)] {
        switch shape {
        case .value(let type): return value(type)
        case .list(let type): return list(value(type, isItem: true))
        case .sections(let description): return list(section(description))
        case .headers: return [("type", .array([.string("object"), .string("array"), .string("null")]))]
        case .section(let description): return section(description)
        case .components(let components):
            return [
                ("type", .array([.string("object"), .string("null")])),
                ("patternProperties", .object(components.flatMap(named))), ("additionalProperties", .bool(false)),
            ]
        }
    }

    private static func list(_ item: [(String, JSONText)]) -> [(String, JSONText)] {
        // Alone, an item stands for a list of one; a variable's text may have several.
        [("type", .array(["array", "string", "null"].map(JSONText.string))), ("items", .object(item))]
    }

    /// A component by all its names: `type`, `type/name`, and what else its type is called.
    private static func named(_ component: ConfigurationComponentDescription) -> [(String, JSONText)] {
        let aliases = ConfigurationCatalog.Group.allCases.flatMap(\.aliases).filter { $0.value == component.type }
        let schema = JSONText.object([("description", .string(component.summary))] + section(component.section))
        return ([component.type] + aliases.map(\.key).sorted()).map { ("^\($0)(/.+)?$", schema) }
    }

    /// A value of a kind, by the name that the reference has for it: `integer, 0 to 64`, `auto, sock, fexit`, `duration`.
    private static func value(_ name: String, isItem: Bool = false) -> [(String, JSONText)] {
        let parts = name.split(separator: ", ").map(String.init)
        let kind = parts.first ?? ""
        switch kind {
        case "boolean": return either([("type", .string("boolean"))])
        case "integer", "number":
            let bounds = parts.dropFirst().first?.split(separator: " to ").compactMap { Int64($0) } ?? []
            let range: [(String, JSONText)] =
                bounds.count == 2 ? [("minimum", .integer(bounds[0])), ("maximum", .integer(bounds[1]))] : []
            return either([("type", .string(kind))] + range)
        default:
            // Some are mappings: rules, and patterns with their replacement.
            if isItem { return [("type", .array(["string", "number", "object"].map(JSONText.string)))] }
            let isWords =
                parts.count > 1 && parts.allSatisfy { $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." } }
            let kinds = ["string", "number", "null"] + (isWords ? [] : ["object"])
            let free: [(String, JSONText)] = [("type", .array(kinds.map(JSONText.string)))]
            guard isWords else { return free }
            // For completion: what else is taken, the agent says.
            return [("anyOf", .array([.object([("enum", .array(parts.map(JSONText.string)))]), .object(free)]))]
        }
    }

    /// Also a text that a variable is put into, or nothing.
    private static func either(_ schema: [(String, JSONText)]) -> [(String, JSONText)] {
        let text: [(String, JSONText)] = [("type", .string("string")), ("pattern", .string("\\$"))]
        return [("anyOf", .array([.object(schema), .object(text), .object([("type", .string("null"))])]))]
    }
}
