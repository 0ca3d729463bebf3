/// Tells MySQL's protocol by a packet's first bytes.
///
/// The greeting of a server, a command whose length agrees with what its record brought, or the first packet of an answer
/// (sequence id 1) that has the shape of an error, a set of columns or an OK.
enum MySQLSignature {
    /// The port that servers mostly listen on.
    private static let port: UInt16 = 3306

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard bytes.count >= 5 else {
            // The fourth byte is a sequence id: 0 or 1 where a packet is worth looking at.
            return bytes.count < 4 || bytes[3] <= 1 ? .maybe : .no
        }
        let length = UInt64(MySQLPacket.number(bytes, at: 0, size: 3))
        guard length > 0 else { return .no }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[MySQLPacket.headerLength...])
        switch bytes[3] {
        case 0:
            if payload[0] == 10 {
                let greeting = greeting(payload, length, hint)
                if greeting != .no { return greeting }
            }
            return request(payload, length, hint)
        case 1: return response(payload, length, hint)
        default: return .no
        }
    }

    private static func greeting(
        _ payload: UnsafeRawBufferPointer, _ length: UInt64, _ hint: RecognitionHint
    ) -> Recognition {
        // The shortest has an empty name of the server; the version begins with a digit.
        guard hint.isFromOpener != true, (40...512).contains(length) else {
            return .no
        }
        guard payload.count >= 2 else { return .maybe }
        guard (0x30...0x39).contains(payload[1]) else { return .no }
        let end = payload.firstIndex(of: 0) ?? payload.count
        guard payload[1..<end].allSatisfy({ (0x20...0x7E).contains($0) }) else { return .no }
        guard end < payload.count || end >= ParserTable.signatureLength - 4 else { return .maybe }
        return .yes(.responder)
    }

    /// A command.
    static func request(
        _ payload: UnsafeRawBufferPointer, _ length: UInt64, _ hint: RecognitionHint
    ) -> Recognition {
        guard let command = MySQLCommand(rawValue: payload[0]) else { return .no }
        let total = length + UInt64(MySQLPacket.headerLength)
        // Bytes that are of this packet.
        let mine = UnsafeRawBufferPointer(rebasing: payload.prefix(Int(min(length, 1 << 20))))
        let isExact = hint.recordLength == total
        switch command {
        case .query, .prepare:
            guard let text = text(mine, mayHaveAttributes: command == .query) else { return .no }
            guard StatementText.begins(text) else { return text.isEmpty && !isExact ? .maybe : .no }
            if isExact { return .yes(.requester) }
            // The rest of it comes in records of its own, or other packets follow.
            if text.count < 8 { return .maybe }
            guard hint.recordLength > total, Int(length) + 5 <= payload.count else { return .yes(.requester) }
            // The next packet is a command as well.
            let isNext = payload[Int(length) + 3] == 0 && MySQLCommand(rawValue: payload[Int(length) + 4]) != nil
            return isNext ? .yes(.requester) : .no
        case .execute, .bulkExecute:
            // A statement id, flags, and for the one that is not MariaDB's, the number 1.
            guard mine.count >= 10 else { return length >= 10 && !isExact ? .maybe : .no }
            guard command == .execute, mine[5] <= 0x0F, MySQLPacket.number(mine, at: 6, size: 4) == 1 else {
                return .no
            }
            if isExact { return .yes(.requester) }
            return hint.recordLength < total ? .maybe : (hint.isAt(port) ? .yes(.requester) : .no)
        case .initDatabase:
            guard length > 1, length <= 65, StatementText.isName(UnsafeRawBufferPointer(rebasing: mine[1...])) else {
                return .no
            }
            return isExact ? (hint.isAt(port) ? .yes(.requester) : .no) : .maybe
        case .ping, .quit, .statistics, .resetConnection:
            return length == 1 && isExact && hint.isAt(port) ? .yes(.requester) : .no
        case .closeStatement, .resetStatement:
            return length == 5 && hint.recordLength >= total && hint.isAt(port)
                ? .yes(.requester) : (length == 5 && hint.recordLength < total ? .maybe : .no)
        default: return .no
        }
    }

    /// The text of a query, behind its attributes if there are none of them; nil when it cannot be told.
    private static func text(
        _ payload: UnsafeRawBufferPointer, mayHaveAttributes: Bool
    ) -> UnsafeRawBufferPointer? {
        guard mayHaveAttributes, payload.count >= 2, payload[1] <= 8 else {
            return UnsafeRawBufferPointer(rebasing: payload[1...])
        }
        guard payload[1] == 0 else { return nil }
        guard payload.count >= 3 else { return UnsafeRawBufferPointer(rebasing: payload[payload.count...]) }
        return payload[2] == 1 ? UnsafeRawBufferPointer(rebasing: payload[3...]) : nil
    }

    private static func response(
        _ payload: UnsafeRawBufferPointer, _ length: UInt64, _ hint: RecognitionHint
    ) -> Recognition {
        let total = length + UInt64(MySQLPacket.headerLength)
        switch payload[0] {
        case 0xFF:
            guard (9...1024).contains(length), hint.recordLength <= total else { return .no }
            guard payload.count >= 4 else { return .maybe }
            guard payload[3] == UInt8(ascii: "#") else { return .no }
            return hint.recordLength == total ? .yes(.responder) : .maybe
        case 0x00:
            guard (7...512).contains(length), hint.recordLength <= total else { return .no }
            guard hint.recordLength == total, length + 4 <= 60 || hint.isAt(port) else { return .maybe }
            guard let status = MySQLStatus(ok: payload), status.rawValue & 0x8000 == 0 else { return .no }
            // Seven bytes of nearly nothing are too little where nothing else speaks for it.
            return hint.isAt(port) ? .yes(.responder) : .no
        case 0xFB, 0xFC, 0xFD, 0xFE: return .no
        default:
            // A number of columns, then the first of them: its catalog is always `def`.
            guard length == 1 || (length == 2 && payload.count > 1 && payload[1] <= 1) else {
                return length == 2 && payload.count < 2 ? .maybe : .no
            }
            let next = Int(length)
            guard payload.count >= next + 8 else { return payload.count < 60 ? .maybe : .no }
            return payload[next + 3] == 2 && payload[next + 4] == 3
                && payload[next + 5] == UInt8(ascii: "d") && payload[next + 6] == UInt8(ascii: "e")
                && payload[next + 7] == UInt8(ascii: "f") ? .yes(.responder) : .no
        }
    }
}
