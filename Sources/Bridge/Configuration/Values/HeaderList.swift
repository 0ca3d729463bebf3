/// Lists of `key=value` pairs separated by commas, as the OpenTelemetry variables carry headers and resource attributes.
enum HeaderList {
    /// The pairs, in order, trimmed and percent-decoded; nil for each member that is malformed. Empty members are skipped.
    static func parse(_ text: String) -> [(key: String, value: String)?] {
        text.split(separator: ",").filter { !trim($0).isEmpty }.map { member in
            guard let equals = member.firstIndex(of: "="),
                let key = percentDecoded(trim(member[..<equals])), !key.isEmpty,
                let value = percentDecoded(trim(member[member.index(after: equals)...]))
            else { return nil }
            return (key, value)
        }
    }

    /// Without the white space at both ends.
    static func trim(_ text: some StringProtocol) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }

    /// `%41` is `A`; nil when a percent sign is not followed by two hex digits, or when the bytes are no UTF-8.
    static func percentDecoded(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, rest.prefix(2).allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            rest = rest.dropFirst(2)
            bytes.append(decoded)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Whether a name can be an HTTP field's name (RFC 9110, 5.6.2).
    static func isFieldName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Whether a value can be an HTTP field's value: no line ends, no other control characters but tab.
    static func isFieldValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == 9 || $0 >= 32 && $0 != 127 }
    }
}
