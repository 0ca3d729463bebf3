/// An HTTP header field that is sent.
public struct ConfigurationHeader: Sendable, Equatable {
    /// Its name, a token as RFC 9110 has it.
    public var name: String
    /// Its value, without control characters. Secret: it is never printed.
    public var value: String

    /// A header field.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// Most header fields of one exporter.
private let maximumHeaders = 256

extension ConfigurationKey {
    /// A key with header fields: a mapping, the Collector's list of `name` and `value`, or in a variable `k=v,k2=v2`.
    static func headers(_ name: String, _ place: Place<[ConfigurationHeader]>, _ summary: String) -> Self {
        Self(name: name, summary: summary, shape: { .headers }) { section, node, path, problems in
            guard let fields = node.headerFields, fields.count <= maximumHeaders else {
                problems.add(
                    path, node.origin, "expected a mapping of header names to values, at most \(maximumHeaders)")
                return
            }
            for (name, value) in fields {
                guard HeaderList.isFieldName(name) else {
                    problems.add(path + "." + name, value.origin, "expected a header's name")
                    continue
                }
                // A variable that is empty stands for no header at all.
                if case .empty = value.value { continue }
                guard case .scalar(let text) = value.value, HeaderList.isFieldValue(text) else {
                    problems.add(path + "." + name, value.origin, "expected a text of one line")
                    continue
                }
                section[keyPath: place].removeAll { $0.name.lowercased() == name.lowercased() }
                section[keyPath: place].append(.init(name: name, value: text))
            }
        } write: { section, masking in
            let entries = section[keyPath: place].map { header in
                ConfigurationNode.Entry(
                    key: header.name, origin: .builtIn,
                    value: ConfigurationNode(.scalar(masking ? SecretMask.text : header.value), .builtIn))
            }
            return ConfigurationNode(.mapping(entries), .builtIn)
        }
    }
}

extension ConfigurationNode {
    fileprivate var headerFields: [(String, ConfigurationNode)]? {
        switch value {
        case .mapping(let entries): return entries.map { ($0.key, $0.value) }
        case .sequence(let items):
            var fields: [(String, ConfigurationNode)] = []
            for item in items {
                guard case .scalar(let name) = item["name"]?.value, let value = item["value"],
                    item.entries?.count == 2
                else { return nil }
                fields.append((name, value))
            }
            return fields
        case .scalar(let text) where isSubstituted:
            let pairs = HeaderList.parse(text)
            guard pairs.allSatisfy({ $0 != nil }) else { return nil }
            return pairs.compactMap(\.self).map { ($0.key, ConfigurationNode(.scalar($0.value), origin)) }
        case .empty: return []
        case .scalar: return nil
        }
    }
}
