/// How the messages of OTLP's export calls begin, for calls of which no name is known.
///
/// Traces, metrics and logs alike have the resource first, and in it an attribute (opentelemetry-proto,
/// `collector/*/v1/*_service.proto`): four fields numbered 1, each the beginning of the one around it, the innermost of which
/// is an attribute's key such as `service.name`.
enum OTLPMessage {
    /// Fewer bytes say nothing.
    static let shortest = 16
    /// Tag of a field with number 1 that has a length, and of one with number 2.
    private static let (first, second): (UInt8, UInt8) = (0x0A, 0x12)

    /// Whether the beginning of a call's body (gRPC's length-prefixed message, not compressed) is that of OTLP.
    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= shortest, bytes[0] == 0 else { return false }
        var room = bytes[1..<5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var place = 5
        for _ in 0..<4 {
            guard place < bytes.count, bytes[place] == first else { return false }
            let start = place
            place += 1
            guard let length = number(bytes, &place) else { return false }
            let header = UInt64(place - start)
            guard length > 0, header < room, length <= room - header else { return false }
            room = length
        }
        let end = place + Int(clamping: min(room, UInt64(bytes.count - place)))
        let key = bytes[place..<end]
        guard !key.isEmpty, key.allSatisfy(isPartOfKey) else { return false }
        guard UInt64(key.count) == room else { return true }
        // All of it is there: its parts have dots between them, and a value comes next.
        return key.contains(UInt8(ascii: ".")) && (end == bytes.count || bytes[end] == second)
    }

    /// A length of at most four bytes, as protobuf writes numbers.
    private static func number(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 28, by: 7) {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }

    private static func isPartOfKey(_ byte: UInt8) -> Bool {
        byte &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }
}
