/// Replaces `${env:NAME}`, `${env:NAME:-default}` and `$$` in the values of a configuration.
///
/// `${NAME}` is the same as `${env:NAME}`, as in the OpenTelemetry Collector. The default stands in for a variable that is
/// unset or empty. What a variable holds is never searched again. A value that comes out empty counts as not given.
struct Substitution {
    /// Most bytes that all values may have when everything is put in.
    static let maximumBytes = 4 << 20

    private let environment: [String: String]
    private var bytes = 0

    /// Substitution from these variables.
    init(environment: [String: String]) { self.environment = environment }

    /// Replaces in a value and everything below it.
    mutating func apply(to node: inout ConfigurationNode, path: String, _ problems: inout ConfigurationProblems) {
        switch node.value {
        case .empty: break
        case .scalar(let text):
            guard text.utf8.contains(UInt8(ascii: "$")) else { return }
            switch replace(text) {
            case .success(let (result, isSubstituted)):
                bytes += result.utf8.count
                guard bytes <= Self.maximumBytes else {
                    problems.add(path, node.origin, "expected less than 4 MiB from the environment")
                    node.value = .empty
                    return
                }
                node.isSubstituted = isSubstituted
                node.value = isSubstituted && result.isEmpty ? .empty : .scalar(result)
            case .failure(let failure):
                problems.add(path, node.origin, failure.message)
                node.value = .empty
            }
        case .sequence(var items):
            for index in items.indices { apply(to: &items[index], path: path, &problems) }
            node.value = .sequence(items)
        case .mapping(var entries):
            for index in entries.indices {
                let place = path.isEmpty ? entries[index].key : path + "." + entries[index].key
                apply(to: &entries[index].value, path: place, &problems)
            }
            node.value = .mapping(entries)
        }
    }

    private struct Failure: Error {
        var message: String
    }

    private func replace(_ text: String) -> Result<(String, Bool), Failure> {
        var result = ""
        var isSubstituted = false
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    return .failure(Failure(message: "expected a '}' after '${'"))
                }
                switch value(of: rest[rest.index(after: rest.startIndex)..<end]) {
                case .success(let value): result += value
                case .failure(let failure): return .failure(failure)
                }
                isSubstituted = true
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
            }
        }
        return .success((result + rest, isSubstituted))
    }

    private func value(of reference: Substring) -> Result<String, Failure> {
        var name = reference.hasPrefix("env:") ? reference.dropFirst(4) : reference
        var standIn: Substring?
        if let range = name.firstRange(of: ":-") {
            standIn = name[range.upperBound...]
            name = name[..<range.lowerBound]
        }
        guard Self.isName(name) else {
            let written = ConfigurationProblems.printable(String(reference))
            return .failure(Failure(message: "expected ${env:NAME} or ${env:NAME:-default}, found '${\(written)}'"))
        }
        if let value = environment[String(name)], !(value.isEmpty && standIn != nil) { return .success(value) }
        if let standIn { return .success(String(standIn)) }
        return .failure(Failure(message: "the environment variable \(name) is not set, and there is no default"))
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
