/// The headers of a message: `NATS/1.0`, a status where the server speaks, and lines as in HTTP
/// (https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-4.md).
enum NATSHeaders {
    private static let version: StaticString = "NATS/1.0"
    private static let messageID: StaticString = "nats-msg-id"

    /// Adds what is wanted of them to an exchange.
    ///
    /// - Parameter bytes: from the first of them; may be cut off anywhere.
    /// - Returns: the status, 0 when there is none.
    static func add(
        _ bytes: UnsafeRawBufferPointer, to handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) -> Int32 {
        guard let first = bytes.firstIndex(of: 0x0A), isEqual(bytes.prefix(version.utf8CodeUnitCount), version) else {
            return 0
        }
        var rest = bytes[(first + 1)...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let name = trimmed(line[..<colon])
            let value = trimmed(line[(colon + 1)...])
            if isEqual(name[...], messageID), !value.isEmpty {
                exchanges.add(.messageID, .messageMetadata, value: value, to: handle)
            }
            exchanges.addHeader(name, value, .messageMetadata, to: handle)
        }
        return status(bytes[..<first])
    }

    /// Three digits behind the version.
    private static func status(_ line: Slice<UnsafeRawBufferPointer>) -> Int32 {
        let text = trimmed(line.dropFirst(version.utf8CodeUnitCount))
        guard text.count >= 3, text.count == 3 || text[3] == 0x20 else { return 0 }
        return NATSLine.number(UnsafeRawBufferPointer(rebasing: text[..<3])).map { Int32($0) } ?? 0
    }

    private static func isEqual(_ bytes: Slice<UnsafeRawBufferPointer>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for (index, byte) in bytes.enumerated() where lowerCase(byte) != lowerCase(text.utf8Start[index]) {
            return false
        }
        return true
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: bytes[first...last])
    }
}
