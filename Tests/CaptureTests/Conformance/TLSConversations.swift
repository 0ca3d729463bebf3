/// Sample conversations of TLS: handshakes that fail, since those are told of at both ends.
enum TLSConversations {
    /// A record.
    static func record(_ type: UInt8, _ contents: [UInt8]) -> [UInt8] {
        [type, 3, 3, UInt8(contents.count >> 8), UInt8(contents.count & 255)] + contents
    }

    private static func vector(_ bytes: [UInt8], _ size: Int = 2) -> [UInt8] {
        (0..<size).reversed().map { UInt8(bytes.count >> (8 * $0) & 255) } + bytes
    }

    private static func hello(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type] + vector(body, 3) }

    private static func fields(_ extensions: [(UInt8, [UInt8])]) -> [UInt8] {
        vector(extensions.flatMap { [0, $0.0] + vector($0.1) })
    }

    /// A ClientHello's handshake message.
    static func clientHello(_ name: String, protocols: [String] = [], versions: [UInt8] = []) -> [UInt8] {
        var extensions: [(UInt8, [UInt8])] = [(0, vector([0] + vector(Array(name.utf8))))]
        if !protocols.isEmpty { extensions.append((16, vector(protocols.flatMap { vector(Array($0.utf8), 1) }))) }
        if !versions.isEmpty { extensions.append((43, vector([0x0A, 0x0A] + versions.flatMap { [3, $0] }, 1))) }
        let random = [UInt8](repeating: 7, count: 32)
        return hello(1, [3, 3] + random + [0] + vector([0x13, 1]) + [1, 0] + fields(extensions))
    }

    /// A ServerHello's handshake message.
    static func serverHello(version: UInt8? = nil, chosen: String? = nil, random: [UInt8]? = nil) -> [UInt8] {
        var extensions: [(UInt8, [UInt8])] = []
        if let version { extensions.append((43, [3, version])) }
        if let chosen { extensions.append((16, vector(vector(Array(chosen.utf8), 1)))) }
        let random = random ?? [UInt8](repeating: 9, count: 32)
        return hello(2, [3, 3] + random + [0, 0x13, 1, 0] + fields(extensions))
    }

    static let all: [Conversation] = [
        Conversation("tls refused by the server")
            .request(record(22, clientHello("shop.example")), "shop.example")
            .response(record(21, [2, 40])),
        Conversation("tls refused by the client")
            .request(
                record(22, Array(clientHello("a.example")[..<30])) + record(22, Array(clientHello("a.example")[30...])),
                "a.example"
            )
            .response(record(22, serverHello() + [11, 0, 0, 3, 0, 0, 0]) + record(22, [14, 0, 0, 0]))
            .more(record(21, [2, 48])),
    ]
}
