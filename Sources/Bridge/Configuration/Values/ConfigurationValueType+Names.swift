extension ConfigurationValueType<String> {
    /// A token (RFC 9110, section 5.6.2), such as a member of baggage has for its key.
    static var token: Self { token("a name of letters, digits and !#$%&'*+-.^_`|~") { $0 } }

    /// The name of a header field, in lower case.
    static var headerName: Self { token("a header's name, such as x-request-id") { $0.lowercased() } }

    private static func token(_ expectation: String, _ spelling: @escaping @Sendable (String) -> String) -> Self {
        .init(name: "name", expectation: expectation) { text in
            let isToken = (1...256).contains(text.utf8.count) && text.utf8.allSatisfy(isTokenByte)
            return isToken ? spelling(text) : nil
        } format: {
            $0
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
