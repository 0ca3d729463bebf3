/// Tells Memcached by a message's first bytes: a line of its text protocol with all that belongs into it, or a header of its
/// binary protocol whose lengths agree. Lines that others say as well are believed at
/// Memcached's port and at a connection's beginning.
enum MemcachedSignature {
    /// The port that Memcached listens on, unless it is told otherwise.
    static let port: UInt16 = 11211

    /// What a message's first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let first = bytes.first else { return .no }
        if first == MemcachedHeader.request || first == MemcachedHeader.response { return binary(bytes) }
        return text(bytes, hint)
    }

    private static func binary(_ bytes: UnsafeRawBufferPointer) -> Recognition {
        guard bytes.count >= MemcachedHeader.size else {
            guard bytes.count < 2 || MemcachedOpcode(rawValue: bytes[1]) != nil else { return .no }
            return bytes.count < 6 || bytes[5] == 0 ? .maybe : .no
        }
        guard let header = MemcachedHeader(bytes) else { return .no }
        return .yes(header.isRequest ? .requester : .responder)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        let isAtPort = hint.isAt(port)
        guard let feed = bytes.firstIndex(of: 0x0A) else {
            let isText = bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F || $0 == 0x20 || $0 == 0x0D || $0 >= 0x80 }
            guard isText else { return .no }
            guard bytes.count >= ParserTable.signatureLength else { return .maybe }
            // A long key, or many of them.
            let line = MemcachedLine(UnsafeRawBufferPointer(rebasing: bytes.prefix(ParserTable.signatureLength)))
            return line.command?.isRetrieval == true || (isAtPort && line.command != nil) ? .yes(.requester) : .no
        }
        let line = MemcachedLine(UnsafeRawBufferPointer(rebasing: bytes[..<feed]))
        let isAlone = UInt64(feed + 1) == hint.recordLength
        if let command = line.command, line.isWellFormed(command) {
            // Another command may follow, or the value that is stored; anything else has none of it.
            let behind = UnsafeRawBufferPointer(rebasing: bytes[(feed + 1)...].prefix { $0 > 0x20 })
            let isFollowed = command.isStorage || (!behind.isEmpty && MemcachedCommand.isPrefix(behind))
            return isAtPort || (command.isDistinct && (isAlone || isFollowed)) || (hint.isOpening && isAlone)
                ? .yes(.requester) : .no
        }
        switch line.answer {
        case .value, .metaValue: return line.dataLength != nil ? .yes(.responder) : .no
        case .stored, .missed: return isAlone || isAtPort ? .yes(.responder) : .no
        case .end: return isAlone && line.words == 1 ? .yes(.responder) : .no
        case .failure, .other, .item, .meta: return isAtPort && line.isAnswer ? .yes(.responder) : .no
        case nil: return .no
        }
    }

    /// Whether bytes could begin what a side says in text.
    static func begins(_ side: Side, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let end = bytes.prefix(ParserTable.signatureLength).firstIndex(of: 0x0A)
        let line = MemcachedLine(UnsafeRawBufferPointer(rebasing: bytes[..<(end ?? min(bytes.count, 64))]))
        if side == .requester {
            guard let command = line.command else { return end == nil && MemcachedCommand.isPrefix(line.first) }
            return end == nil || line.isWellFormed(command)
        }
        return line.isAnswer || (end == nil && MemcachedLine.isAnswerPrefix(line.first))
    }
}
