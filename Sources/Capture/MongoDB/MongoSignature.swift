/// Tells MongoDB by a message's first bytes: a header whose kind is known, and behind it what such a message begins with.
enum MongoSignature {
    /// What a message's first bytes say.
    ///
    /// - Parameter recordLength: how many bytes the record has that they begin, where that may tell.
    static func recognise(_ bytes: UnsafeRawBufferPointer, recordLength: UInt64? = nil) -> Recognition {
        guard bytes.count >= MongoHeader.size else { return prefix(bytes, recordLength) }
        guard let header = MongoHeader(bytes), header.length >= 21 else { return .no }
        guard bytes.count >= 25 || bytes.count >= Int(header.length) else { return .maybe }
        switch header.kind {
        case .message:
            let section = bytes[20]
            guard MongoHeader.number(bytes, at: 16) & 0xFFFE_FFFC == 0, section <= 1 else { return .no }
            let inner = MongoHeader.number(bytes, at: 21)
            guard inner >= 5, inner <= header.length - 21 else { return .no }
        case .compressed:
            guard let original = MongoHeader.Kind(rawValue: MongoHeader.number(bytes, at: 16)), original != .compressed,
                MongoHeader.number(bytes, at: 20) <= MongoHeader.longest, bytes.count > 24, bytes[24] <= 3
            else { return .no }
        case .reply:
            // Its number is small: flags, where its documents begin, how many there are and how long have to agree.
            guard recordLength == nil || recordLength == UInt64(header.length) else { return .no }
            guard header.length >= 41, header.responseTo != 0, MongoHeader.number(bytes, at: 16) <= 15 else {
                return .no
            }
            guard bytes.count >= 40 else { return .maybe }
            let (count, length) = (MongoHeader.number(bytes, at: 32), MongoHeader.number(bytes, at: 36))
            guard count >= 1, count == 1 ? length == header.length - 36 : length <= header.length - 36 else {
                return .no
            }
        case .query, .insert:
            guard MongoHeader.number(bytes, at: 16) <= 0xFF, isName(bytes.dropFirst(20)) else { return .no }
        case .update, .getMore, .delete:
            guard MongoHeader.number(bytes, at: 16) == 0, isName(bytes.dropFirst(20)) else { return .no }
        case .killCursors:
            guard MongoHeader.number(bytes, at: 16) == 0, header.length >= 32 else { return .no }
        }
        if header.kind == .reply { return .yes(.responder) }
        return .yes(header.responseTo == 0 ? .requester : .responder)
    }

    /// Fewer bytes than a header: the length is that of more than what is there, and the kind ends with two bytes of zero.
    private static func prefix(_ bytes: UnsafeRawBufferPointer, _ recordLength: UInt64?) -> Recognition {
        if bytes.count > 3 {
            let length = MongoHeader.number(bytes, at: 0)
            guard length >= 26, length <= MongoHeader.longest, UInt64(length) > recordLength ?? 0 else { return .no }
        }
        if bytes.count > 13, bytes[13] != 0x07, bytes[13] != 0 { return .no }
        return .maybe
    }

    /// Whether a name of a collection begins here.
    private static func isName(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        let name = bytes.prefix { $0 != 0 }
        return !name.isEmpty && name.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
