/// What every request begins with (https://kafka.apache.org/protocol#protocol_messages): its size, which API in which
/// version it is for, the number by which its response is found, and the client's name for itself.
struct KafkaRequestHeader {
    /// What the first bytes of a message say.
    enum Reading {
        /// They are of no request.
        case invalid
        /// They could be, and so many are needed to go on.
        case needs(Int)
        /// They are.
        case header(KafkaRequestHeader)
    }

    /// Largest size of a message, bytes: brokers take 100 MiB unless they are told otherwise, and send no more.
    static let largest: Int32 = 100 << 20
    /// Longest name of a client.
    static let longestClient = 1024
    /// Versions beyond the highest known one that are believed to be versions.
    private static let newer: Int16 = 4
    /// Bytes in front of the client's name.
    static let fixed = 14

    /// Bytes of the message behind its size.
    var size: Int32
    /// Which API.
    var key: Int16
    /// In which version.
    var version: Int16
    /// By what the response is found.
    var id: Int32
    /// The client's name for itself; empty for none.
    var client = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Whether there is a name, or said to be none: an empty one is what any zeros look like.
    var hasClient = false
    /// Bytes up to the API's own.
    var end: Int

    /// Reads a header, as far as it takes to tell that it is one.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var reader = KafkaReader(bytes)
        let size = reader.integer(Int32.self)
        guard !reader.isExhausted else { return bytes.first ?? 0 > 0x40 ? .invalid : .needs(4) }
        guard size >= 8, size <= largest else { return .invalid }
        let key = reader.integer(Int16.self)
        guard !reader.isExhausted else { return .needs(8) }
        guard let api = KafkaAPI.of(key) else { return .invalid }
        let version = reader.integer(Int16.self)
        guard !reader.isExhausted else { return .needs(8) }
        guard version >= 0, version <= api.latest + newer else { return .invalid }
        let id = reader.integer(Int32.self)
        guard !reader.isExhausted else { return .needs(min(fixed, Int(size) + 4)) }
        var header = KafkaRequestHeader(size: size, key: key, version: version, id: id, end: 12)
        // The one request that has no client's name.
        if key == KafkaAPI.controlledShutdown, version == 0 { return .header(header) }
        guard size >= 10 else { return .invalid }
        let length = reader.integer(Int16.self)
        guard !reader.isExhausted else { return .needs(fixed) }
        guard length >= -1, Int(length) <= longestClient, Int(length) <= Int(size) - 10 else { return .invalid }
        header.end = fixed + max(Int(length), 0)
        header.hasClient = length != 0
        guard length > 0 else { return tagged(header, api, bytes) }
        header.client = reader.prefix(Int(length))
        guard header.client.allSatisfy({ $0 &- 0x20 < 0x5F || $0 >= 0x80 }) else { return .invalid }
        return reader.isExhausted ? .needs(header.end) : tagged(header, api, bytes)
    }

    /// In flexible versions tagged fields follow, of which none has been defined.
    private static func tagged(
        _ header: KafkaRequestHeader, _ api: KafkaAPI, _ bytes: UnsafeRawBufferPointer
    ) -> Reading {
        guard header.version >= api.flexible else { return .header(header) }
        guard Int(header.size) + 4 > header.end else { return .invalid }
        guard bytes.count > header.end else { return .needs(header.end + 1) }
        guard bytes[header.end] == 0 else { return .invalid }
        var header = header
        header.end += 1
        return .header(header)
    }
}
