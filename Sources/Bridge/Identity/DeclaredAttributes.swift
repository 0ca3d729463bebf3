/// What a process declares about itself by OpenTelemetry's environment variables, or by the system properties that its Java
/// agent takes before them.
struct DeclaredAttributes {
    /// `OTEL_SERVICE_NAME`, else `service.name` of `OTEL_RESOURCE_ATTRIBUTES`.
    var serviceName: String?
    /// The rest of `OTEL_RESOURCE_ATTRIBUTES`, in order.
    var attributes: [(key: String, value: String)] = []

    /// Reads a process's environment (`NAME=value` each) and its command line.
    init(environment: [String], arguments: [String] = []) {
        func declared(_ variable: String, _ property: String) -> String? {
            DeclaredAttributes.value(of: "-D" + property, in: arguments)
                ?? DeclaredAttributes.value(of: variable, in: environment)
        }
        if let list = declared("OTEL_RESOURCE_ATTRIBUTES", "otel.resource.attributes") {
            for (key, value) in DeclaredAttributes.parse(list) ?? [] {
                if key == "service.name" {
                    serviceName = value.isEmpty ? nil : value
                } else {
                    attributes.append((key, value))
                }
            }
        }
        if let name = declared("OTEL_SERVICE_NAME", "otel.service.name") { serviceName = name }
    }

    /// Empty means unset.
    private static func value(of name: String, in environment: [String]) -> String? {
        guard let entry = environment.first(where: { $0.hasPrefix(name + "=") }) else { return nil }
        let value = entry.dropFirst(name.count + 1)
        return value.isEmpty ? nil : String(value)
    }

    /// `k=v,...`, percent-decoded; nil when any of it is malformed: then the whole value is discarded, as the
    /// specification asks.
    static func parse(_ list: String) -> [(key: String, value: String)]? {
        var result: [(key: String, value: String)] = []
        for member in list.split(separator: ",", omittingEmptySubsequences: true) {
            guard let equals = member.firstIndex(of: "=") else { return nil }
            guard let key = decode(trimmed(member[..<equals])), !key.isEmpty,
                let value = decode(trimmed(member[member.index(after: equals)...]))
            else { return nil }
            result.append((key, value))
        }
        return result
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
