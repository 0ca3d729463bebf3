// The binary protocol.
extension MemcachedParser {
    /// Takes what belongs together off the front of `bytes`.
    ///
    /// - Returns: whether to go on.
    mutating func binaryRequest(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        let before = bytes.count
        let event = messages.requests.next(&bytes, at: position.requester, in: &exchanges) {
            MemcachedParser.length($0, isRequest: true)
        }
        position.requester &+= UInt64(before - bytes.count)
        switch event {
        case .more: return false
        case .head(let head): request(head, in: &exchanges)
        case .end: if isInRequest { endRequest(in: &exchanges) }
        case .lost: loseRequests(in: &exchanges)
        }
        return true
    }

    private mutating func request(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        guard let header = MemcachedHeader(head.bytes) else { return }
        requestStart = (head.offset, head.start)
        let key = MemcachedParser.key(header, head.bytes)
        begin(
            kind: header.opcode.rawValue, opaque: UInt64(header.opaque), key: key.map { MemcachedParser.hash($0) } ?? 0,
            isQuiet: header.opcode.isQuiet, isSilent: header.opcode.isSilent, isOneWay: false, in: &exchanges)
        if let key, !header.opcode.isSilent { exchanges.addValues(text: key, to: request.handle) }
        clearStatement(in: &exchanges)
        guard say(header.opcode.name, in: &exchanges) else { return }
        exchanges.add(.method, .requestHeader, value: statement.bytes, to: request.handle)
        // The key of a log-in is how, not what; it is left out with all else.
        if let key, !header.opcode.isSilent, say(" ", in: &exchanges), say(key, in: &exchanges),
            Int(header.bodyLength) > header.keyLength
        {
            _ = say(" ?", in: &exchanges)
        }
        exchanges.add(.statement, .requestHeader, value: statement.bytes, to: request.handle)
        if !request.isSilent { exchanges.open(request.handle) }
    }

    /// A message's key; nil without one, or where it is not known.
    private static func key(_ header: MemcachedHeader, _ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let start = MemcachedHeader.size + header.extrasLength
        guard header.keyLength > 0, bytes.count >= start + header.keyLength else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<(start + header.keyLength)])
    }

    /// Takes what belongs together off the front of `bytes`.
    ///
    /// - Returns: whether to go on.
    mutating func binaryReply(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        if messages.replies.isLost, !bytes.isEmpty, pairing.outstanding > 0 {
            pairing.lostResponses(in: &exchanges)
            waiting.clear(in: &exchanges)
        }
        let before = bytes.count
        let event = messages.replies.next(&bytes, at: position.responder, in: &exchanges) {
            MemcachedParser.length($0, isRequest: false)
        }
        position.responder &+= UInt64(before - bytes.count)
        switch event {
        case .more: return false
        case .head(let head): answer(head, in: &exchanges)
        case .end: if !isInReply || endsWithValue { endReply(in: &exchanges) }
        case .lost: loseReplies(in: &exchanges)
        }
        return true
    }

    private mutating func answer(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        guard let header = MemcachedHeader(head.bytes) else { return }
        if !isInReply {
            replyStart = (head.offset, head.start)
            // Some name the key that they are an answer to.
            let isNamed = header.keyLength > 0 && header.opcode != .stat
            let key = isNamed ? MemcachedParser.key(header, head.bytes).map { MemcachedParser.hash($0) } : nil
            beginReply(isTold: key != nil, in: &exchanges) { entry in
                entry.kind == header.opcode.rawValue && entry.opaque == UInt64(header.opaque)
                    && (key == nil || entry.key == key)
            }
        }
        isInReply = true
        // Statistics come one a message; the last has no key.
        endsWithValue = header.opcode != .stat || header.keyLength == 0 || header.status != 0
        switch header.status {
        case 0, 1, 2, 5, 0x21: break
        default:
            withUnsafeTemporaryAllocation(byteCount: 5, alignment: 1) { digits in
                var (first, rest) = (5, header.status)
                repeat {
                    first -= 1
                    digits[first] = 0x30 + UInt8(rest % 10)
                    rest /= 10
                } while rest > 0
                fail(UnsafeRawBufferPointer(rebasing: digits[first...]), in: &exchanges)
            }
        }
    }

    private static func length(_ bytes: UnsafeRawBufferPointer, isRequest: Bool) -> MessageLength {
        guard bytes.count >= MemcachedHeader.size else { return .needs(MemcachedHeader.size) }
        guard let header = MemcachedHeader(bytes), header.isRequest == isRequest else { return .invalid }
        return .total(UInt64(MemcachedHeader.size) + UInt64(header.bodyLength))
    }
}
