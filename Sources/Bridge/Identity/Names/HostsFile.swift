internal import Capture

/// Names by address as a process's `/etc/hosts` has them (hosts(5)): of an address's names the first, of several lines for one
/// address the first. The file is the process's: it is bounded, and nothing is followed out of its root.
struct HostsFile: Sendable {
    /// Most bytes that are read.
    static let mostBytes = 64 << 10
    /// Most addresses.
    static let most = 1024
    /// Longest name.
    static let longestName = 253

    /// No names.
    static let empty = HostsFile(names: [:])

    private let names: [Address: String]

    private init(names: [Address: String]) { self.names = names }

    /// Reads the text of a file.
    init(_ bytes: [UInt8]) {
        var names: [Address: String] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = line.prefix { $0 != UInt8(ascii: "#") }
            let words = text.split(maxSplits: 2) { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            guard words.count >= 2, words[0].count <= 45, names.count < Self.most,
                let endpoint = Endpoint(addressText: String(decoding: words[0], as: UTF8.self)),
                let name = Self.name(words[1])
            else { continue }
            let address = Address(endpoint)
            if names[address] == nil { names[address] = name }
        }
        self.names = names
    }

    /// The name of an address.
    func name(of address: Address) -> String? { names.isEmpty ? nil : names[address] }

    /// A name that says more than its address does.
    private static func name(_ word: ArraySlice<UInt8>) -> String? {
        guard word.count <= longestName, word.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let name = String(decoding: word, as: UTF8.self)
        return ServerNames.isTelling(name) ? name : nil
    }
}
