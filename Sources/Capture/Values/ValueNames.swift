/// Names whose values are left out, and beginnings of names and of values.
///
/// Names are found by 64 bits of their hash: each header of each request is looked up, and an id that is left out by a
/// collision once in 2^58 names is no loss.
struct ValueNames {
    private static let seed = UInt64.random(in: .min ... .max)
    /// Open addressing; 0 for none. At most half of it is used.
    private let names: ContiguousArray<UInt64>
    private let beginnings: ContiguousArray<[UInt8]>

    /// Whether there are none.
    let isEmpty: Bool
    /// Whether there are no beginnings.
    var hasBeginnings: Bool { !beginnings.isEmpty }

    /// From entries as ``ValueSelection/ignored`` has them, and names that are always left out.
    init(_ entries: [String], and constants: [StaticString] = []) {
        var exact = Set(constants.map { String(describing: $0) })
        var beginnings = Set<String>()
        for entry in entries {
            let entry = entry.lowercased()
            if entry.last == "*" { beginnings.insert(String(entry.dropLast())) } else { exact.insert(entry) }
        }
        beginnings.remove("")
        var size = 4
        while size < 2 * exact.count { size *= 2 }
        var table = ContiguousArray<UInt64>(repeating: 0, count: size)
        for name in exact where !name.isEmpty {
            let hash = Array(name.utf8).withUnsafeBytes { ValueHash.folded($0, seed: ValueNames.seed) } | 1
            var place = Int(truncatingIfNeeded: hash >> 32) & (size - 1)
            while table[place] != 0 { place = (place + 1) & (size - 1) }
            table[place] = hash
        }
        names = table
        self.beginnings = ContiguousArray(beginnings.sorted().map { Array($0.utf8) })
        isEmpty = exact.isEmpty && beginnings.isEmpty
    }

    /// Whether a name is among them.
    func has(_ name: UnsafeRawBufferPointer) -> Bool {
        guard !isEmpty else { return false }
        let hash = ValueHash.folded(name, seed: ValueNames.seed) | 1
        var place = Int(truncatingIfNeeded: hash >> 32) & (names.count - 1)
        while names[place] != 0 {
            if names[place] == hash { return true }
            place = (place + 1) & (names.count - 1)
        }
        return hasBeginnings && begins(name)
    }

    /// Whether a name, or a word of a value, begins as one of them does.
    func begins(_ word: UnsafeRawBufferPointer) -> Bool {
        for beginning in beginnings where beginning.count <= word.count {
            let isEqual = beginning.withUnsafeBufferPointer { beginning in
                for index in 0..<beginning.count where lowerCase(word[index]) != beginning[index] { return false }
                return true
            }
            if isEqual { return true }
        }
        return false
    }

    /// Whether a word of a value begins so, or a part of it behind a joint does.
    func hasPart(of word: UnsafeRawBufferPointer) -> Bool {
        if begins(word) { return true }
        for index in 1..<max(word.count, 1) where ByteKind.of(word[index - 1]) == ByteKind.joint {
            if begins(UnsafeRawBufferPointer(rebasing: word[index...])) { return true }
        }
        return false
    }
}

extension ValueNames {
    /// Headers whose values are the same whatever a request is about, or speak of one hop alone.
    static let constantHeaders: [StaticString] = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "authority", "cache-control", "connection",
        "content-encoding", "content-language", "content-length", "content-type", "date", "dnt", "expect", "forwarded",
        "grpc-accept-encoding", "grpc-encoding", "grpc-timeout", "host", "http2-settings", "if-match",
        "if-modified-since", "if-none-match", "if-unmodified-since", "keep-alive", "origin", "pragma", "priority",
        "proxy-connection", "range", "referer", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-dest",
        "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "sec-websocket-extensions", "sec-websocket-key",
        "sec-websocket-protocol", "sec-websocket-version", "server", "te", "trailer", "transfer-encoding", "upgrade",
        "upgrade-insecure-requests", "user-agent", "via", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
        "x-requested-with",
    ]
}
