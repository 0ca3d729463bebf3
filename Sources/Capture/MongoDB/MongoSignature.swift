/// Tells MongoDB by a message's first bytes: a header whose kind is known, and behind it what such a message begins with.
enum MongoSignature {
    /// The port that MongoDB listens on, unless it is told otherwise.
    private static let port: UInt16 = 27017
    /// Shortest record that may have a part of a message, or several, bytes: what is short is written by itself.
    private static let longRecord: UInt64 = 1024

    /// What a message's first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        // What these two kinds begin with are small numbers, that others have as well: of several messages in one record,
        // and of one in several, the beginning alone is little. Who receives reads the header by itself.
        if bytes.count >= MongoHeader.size, let header = MongoHeader(bytes),
            header.kind == .reply || header.kind == .killCursors
        {
            let isByItself =
                hint.recordLength == UInt64(header.length) || hint.recordLength == UInt64(MongoHeader.size)
            guard isByItself || hint.isFirst || hint.isAt(port) || hint.recordLength >= longRecord else { return .no }
        }
        return recognise(bytes)
    }

    /// What a message's first bytes say where messages are spoken.
    static func recognise(_ bytes: UnsafeRawBufferPointer) -> Recognition {
        guard bytes.count >= MongoHeader.size else { return prefix(bytes) }
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
            // Flags, cursor, where it starts, how many.
            guard header.length >= 36, MongoHeader.number(bytes, at: 16) <= 15 else { return .no }
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

    /// Fewer bytes than a header: its length is small, and its kind has two bytes of zero.
    private static func prefix(_ bytes: UnsafeRawBufferPointer) -> Recognition {
        if bytes.count > 3, MongoHeader.number(bytes, at: 0) > MongoHeader.longest { return .no }
        if bytes.count > 13, bytes[13] != 0x07, bytes[13] != 0 { return .no }
        return .maybe
    }

    /// Whether a name of a collection begins here.
    private static func isName(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        let name = bytes.prefix { $0 != 0 }
        return !name.isEmpty && name.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
