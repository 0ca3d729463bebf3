/// The attributes in front of a query's text (`CLIENT_QUERY_ATTRIBUTES`).
enum MySQLAttributes {
    /// Most attributes that are passed over; a query with more has no text.
    private static let maximum: UInt64 = 64

    /// Where in the payload of a query, its command byte included, the text begins; at its end when that cannot be told.
    static func end(in payload: UnsafeRawBufferPointer) -> Int {
        guard let count = MySQLPacket.lengthEncoded(payload, at: 1),
            let sets = MySQLPacket.lengthEncoded(payload, at: 1 + count.size)
        else { return payload.count }
        var next = 1 + count.size + sets.size
        guard count.value > 0 else { return min(next, payload.count) }
        // Which are null, whether types and names follow, those, and the values.
        guard count.value <= maximum else { return payload.count }
        let number = Int(count.value)
        let nulls = next
        next += (number + 7) / 8 + 1
        guard next <= payload.count, payload[next - 1] == 1 else { return payload.count }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: number) { types in
            for index in 0..<number {
                guard next + 2 <= payload.count else { return payload.count }
                types[index] = payload[next]
                guard let name = MySQLPacket.lengthEncoded(payload, at: next + 2), name.value <= 1 << 16 else {
                    return payload.count
                }
                next += 2 + name.size + Int(name.value)
            }
            for index in 0..<number where payload[nulls + index / 8] & 1 << UInt8(index % 8) == 0 {
                guard let size = size(of: types[index], in: payload, at: next) else { return payload.count }
                next += size
            }
            return min(next, payload.count)
        }
    }

    /// Bytes that a value of a type takes (`Binary Protocol Value`); nil when it is not all there.
    private static func size(of type: UInt8, in payload: UnsafeRawBufferPointer, at offset: Int) -> Int? {
        guard offset < payload.count else { return nil }
        switch type {
        case 0x01: return 1
        case 0x02, 0x0D: return 2
        case 0x03, 0x04, 0x09: return 4
        case 0x05, 0x08: return 8
        case 0x06: return 0
        case 0x07, 0x0A, 0x0B, 0x0C: return 1 + Int(payload[offset])
        default:
            guard let text = MySQLPacket.lengthEncoded(payload, at: offset), text.value <= 1 << 16 else { return nil }
            return text.size + Int(text.value)
        }
    }
}
