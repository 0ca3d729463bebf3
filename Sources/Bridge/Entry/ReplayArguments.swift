internal import Capture

/// Arguments of `replay` that are more than text.
enum ReplayArguments {
    /// `--local CIDR`.
    static func network(_ text: String) throws(ArgumentsError) -> Network {
        guard let network = Network(parsing: text) else {
            throw ArgumentsError("--local \(text): expected an address or a network such as 10.0.0.0/8")
        }
        return network
    }

    /// `--name ADDR[:PORT]=NAME`; an IPv6 address with a port stands in brackets.
    static func name(_ text: String) throws(ArgumentsError) -> AddressDirectory.Name {
        let expected = "expected ADDR=NAME or ADDR:PORT=NAME, such as 127.0.0.1:8080=shop or [::1]:80=web"
        guard let equals = text.firstIndex(of: "=") else { throw ArgumentsError("--name \(text): \(expected)") }
        let name = String(text[text.index(after: equals)...])
        var address = text[..<equals]
        var port: UInt16 = 0
        if address.first == "[" {
            guard let close = address.firstIndex(of: "]") else { throw ArgumentsError("--name \(text): \(expected)") }
            let rest = address[address.index(after: close)...]
            address = address[address.index(after: address.startIndex)..<close]
            if !rest.isEmpty {
                guard rest.first == ":", let number = UInt16(rest.dropFirst()) else {
                    throw ArgumentsError("--name \(text): \(expected)")
                }
                port = number
            }
        } else if let colon = address.firstIndex(of: ":"), colon == address.lastIndex(of: ":") {
            guard let number = UInt16(address[address.index(after: colon)...]) else {
                throw ArgumentsError("--name \(text): \(expected)")
            }
            port = number
            address = address[..<colon]
        }
        guard !name.isEmpty, var endpoint = Network(parsing: String(address))?.address, !address.contains("/") else {
            throw ArgumentsError("--name \(text): \(expected)")
        }
        endpoint.port = port
        return AddressDirectory.Name(endpoint: endpoint, name: name)
    }
}

/// An argument that makes no sense: one line that says what was expected. Exit status 2.
public struct ArgumentsError: Error, CustomStringConvertible, Sendable {
    /// One line.
    public let description: String

    init(_ description: String) { self.description = description }
}
