/// The attributes that a client may give a query (`CLIENT_QUERY_ATTRIBUTES`): in front of a query's text, and behind the
/// parameters of a statement's execution.
enum MySQLAttributes {
    /// Most attributes of a query; one with more has no text.
    static let maximum: UInt64 = 64
    /// What an execution says when the number of its parameters follows (`PARAMETER_COUNT_AVAILABLE`).
    static let hasCount: UInt8 = 8

    /// Where in the payload of a query, its command byte included, the text begins; at its end when that cannot be told.
    static func end(in payload: UnsafeRawBufferPointer) -> Int { ofQuery(payload) { _, _ in } }

    /// Calls `body` with the names and values of a query's attributes that are text.
    ///
    /// - Returns: where in its payload, its command byte included, what follows them begins; its end when that cannot be told.
    @discardableResult
    static func ofQuery(
        _ payload: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) -> Int {
        guard let count = MySQLPacket.lengthEncoded(payload, at: 1),
            let sets = MySQLPacket.lengthEncoded(payload, at: 1 + count.size)
        else { return payload.count }
        let next = 1 + count.size + sets.size
        guard count.value > 0 else { return min(next, payload.count) }
        guard count.value <= maximum else { return payload.count }
        return read(payload, at: next, Int(count.value), body) ?? payload.count
    }

    /// Calls `body` with the names and values of what an execution has that is text and has a name.
    static func ofExecution(
        _ payload: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        // The command, the statement, flags, how often: then the number of parameters and attributes.
        guard payload.count > 10, payload[5] & hasCount != 0, let count = MySQLPacket.lengthEncoded(payload, at: 10),
            count.value > 0, count.value <= UInt64(payload.count)
        else { return }
        _ = read(payload, at: 10 + count.size, Int(count.value), body)
    }

    /// Reads so many values: which are null, whether types and names follow, those, and the values.
    ///
    /// - Returns: where what follows them begins; nil when that cannot be told.
    private static func read(
        _ payload: UnsafeRawBufferPointer, at nulls: Int, _ count: Int,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) -> Int? {
        let definitions = nulls + (count + 7) / 8 + 1
        guard definitions <= payload.count, payload[definitions - 1] == 1 else { return nil }
        var next = definitions
        for _ in 0..<count {
            guard let name = name(payload, at: next) else { return nil }
            next = name.upperBound
        }
        var definition = definitions
        for index in 0..<count {
            let type = payload[definition]
            guard let name = name(payload, at: definition) else { return nil }
            definition = name.upperBound
            guard payload[nulls + index / 8] & 1 << UInt8(index % 8) == 0 else { continue }
            guard let size = size(of: type, in: payload, at: next) else { return nil }
            if isText(type), !name.isEmpty, next + size <= payload.count,
                let text = MySQLPacket.lengthEncoded(payload, at: next)
            {
                body(
                    UnsafeRawBufferPointer(rebasing: payload[name]),
                    UnsafeRawBufferPointer(rebasing: payload[(next + text.size)..<(next + size)]))
            }
            next += size
        }
        return min(next, payload.count)
    }

    /// Where the name of the type that is defined at a place stands; nil when it is not all there.
    static func name(_ payload: UnsafeRawBufferPointer, at offset: Int) -> Range<Int>? {
        guard offset + 2 <= payload.count, let name = MySQLPacket.lengthEncoded(payload, at: offset + 2) else {
            return nil
        }
        let start = offset + 2 + name.size
        guard name.value <= UInt64(payload.count - start) else { return nil }
        return start..<start + Int(name.value)
    }

    /// Strings and blobs, of whatever length.
    static func isText(_ type: UInt8) -> Bool { type == 0x0F || (0xF9...0xFE).contains(type) }

    /// Bytes that a value of a type takes (`Binary Protocol Value`); nil when it is not all there.
    static func size(of type: UInt8, in payload: UnsafeRawBufferPointer, at offset: Int) -> Int? {
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
