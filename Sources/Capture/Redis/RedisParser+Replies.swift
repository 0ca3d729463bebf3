// What the responder says: answers, and what it pushes.
extension RedisParser {
    /// Takes what belongs together off the front of `bytes`.
    ///
    /// - Returns: whether to go on.
    mutating func replyStep(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        if replies.isAtStart, !bytes.isEmpty { replyStart = (position.responder, exchanges.context.point) }
        if replies.isLost, !bytes.isEmpty, pairing.outstanding > 0 {
            // What is passed over may be their answers.
            pairing.lostResponses(in: &exchanges)
        }
        let before = bytes.count
        let event = replies.next(&bytes, in: &exchanges)
        position.responder &+= UInt64(before - bytes.count)
        switch event {
        case .more: return false
        case .lost, .line:
            reply = .none
            pairing.lostResponses(in: &exchanges)
            confirmationsLeft = 0
            if !isTentative.responder { fail(in: &exchanges) }
            return true
        case .value(let value):
            if !value.isAside { take(value, in: &exchanges) }
            return true
        }
    }

    private mutating func take(_ value: RESPValue, in exchanges: inout ExchangeTable) {
        if value.depth == 0, value.type != RESPType.end { begin(value, in: &exchanges) }
        if case .undecided(let isPush) = reply, value.depth == 1 || value.endsMessage {
            decide(value, isPush: isPush, in: &exchanges)
        }
        switch reply {
        case .of(let handle) where value.isError && !replyHasFailed: judge(value, handle, in: &exchanges)
        case .confirms where value.depth == 1 && value.type == RESPType.integer:
            isSubscribed = !(value.text.count == 1 && value.text[0] == 0x30)
        default: break
        }
        guard value.endsMessage else { return }
        isTentative.responder = false
        end(value, in: &exchanges)
    }

    /// A message begins: is it an answer?
    private mutating func begin(_ value: RESPValue, in exchanges: inout ExchangeTable) {
        replyHasFailed = false
        switch value.type {
        case RESPType.push: reply = .undecided(isPush: true)
        case RESPType.array where mayBePushed(in: exchanges): reply = .undecided(isPush: false)
        default: reply = .of(answered(in: &exchanges))
        }
        guard case .of(let handle) = reply, handle != .none else { return }
        if value.type == RESPType.array, !value.isNull, exchanges.note(of: handle) == RedisNote.executeUncounted {
            exchanges.add(.batchSize, .responseHeader, number: value.length, to: handle)
        }
    }

    /// Whether an array could be a message of a channel, or a confirmation.
    private func mayBePushed(in exchanges: borrowing ExchangeTable) -> Bool {
        if isSubscribed || pairing.outstanding == 0 { return true }
        return RedisNote.confirmations(exchanges.note(of: exchanges.firstUnanswered()) ?? 0) != nil
    }

    /// The first element of an array or a push tells what it is.
    private mutating func decide(_ value: RESPValue, isPush: Bool, in exchanges: inout ExchangeTable) {
        let first = exchanges.firstUnanswered()
        let waits = RedisNote.confirmations(exchanges.note(of: first) ?? 0)
        if RedisParser.isConfirmation(value.text) {
            isSubscribed = true
            guard pairing.outstanding > 0, let waits else { return reply = .nobodys }
            if confirmationsLeft == 0 {
                confirmationsLeft = waits
                hasSucceeded = true
                failures = 0
                exchanges.beginResponse(first, at: replyStart.point)
            }
            reply = .confirms(first)
        } else if isPush || (isSubscribed || pairing.outstanding == 0) && RedisParser.isMessage(value.text) {
            reply = .nobodys
            if isPush { isPushedTo = true } else { isSubscribed = true }
        } else {
            reply = .of(answered(in: &exchanges))
        }
    }

    /// The exchange that is answered now, whose response has begun unless it is silent.
    private mutating func answered(in exchanges: inout ExchangeTable) -> ExchangeHandle {
        let handle = pairing.response(in: &exchanges)
        guard handle != .none else {
            orphans += 1
            if !hasSucceeded, orphans >= RedisParser.mostOrphans { exchanges.surrender = .leftAlone }
            return .none
        }
        hasSucceeded = true
        failures = 0
        if !isSilent(handle, in: exchanges) { exchanges.beginResponse(handle, at: replyStart.point) }
        return handle
    }

    private func isSilent(_ handle: ExchangeHandle, in exchanges: borrowing ExchangeTable) -> Bool {
        let note = exchanges.note(of: handle)
        return note == RedisNote.silent || note == RedisNote.unnoticed
    }

    /// An error: the answer itself, or that of a command in a transaction.
    private mutating func judge(_ value: RESPValue, _ handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        let note = exchanges.note(of: handle)
        let isOfTransaction = note == RedisNote.execute || note == RedisNote.executeUncounted
        guard value.depth == 0 || (value.depth == 1 && isOfTransaction), note != RedisNote.unnoticed else { return }
        replyHasFailed = true
        if note == RedisNote.silent {
            exchanges.open(handle)
            exchanges.beginResponse(handle, at: replyStart.point)
        }
        exchanges.setFailed(handle)
        // Scripts may answer anything: only what looks like a code of Redis's is taken for one.
        let word = UnsafeRawBufferPointer(rebasing: value.text.prefix(32).prefix { $0 != 0x20 })
        guard word.count >= 2, word.allSatisfy({ $0 &- 0x41 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_") }) else {
            return
        }
        exchanges.add(.errorCode, .responseHeader, value: word, to: handle)
    }

    private mutating func end(_ value: RESPValue, in exchanges: inout ExchangeTable) {
        let moved = position.responder &- replyStart.offset
        defer { reply = .none }
        switch reply {
        case .of(let handle):
            guard handle != .none else { return }
            let note = exchanges.note(of: handle)
            exchanges.responseMoved(handle, body: moved)
            pairing.answered()
            confirmationsLeft = 0
            if !replyHasFailed, note == RedisNote.silent || note == RedisNote.unnoticed {
                return exchanges.passOver(handle)
            }
            if replyHasFailed, note == RedisNote.select { database.now = database.before }
            exchanges.endResponse(handle)
            if !replyHasFailed, note == RedisNote.monitor { exchanges.surrender = .leftAlone }
        case .confirms(let handle):
            exchanges.responseMoved(handle, body: moved)
            confirmationsLeft -= 1
            guard confirmationsLeft == 0 else { return }
            pairing.answered()
            exchanges.endResponse(handle)
        case .none, .undecided, .nobodys: break
        }
    }

    private static func isConfirmation(_ text: UnsafeRawBufferPointer) -> Bool {
        let end: StaticString = "subscribe"
        guard (9...12).contains(text.count) else { return false }
        guard end.withUTF8Buffer({ text.suffix(9).elementsEqual($0) }) else { return false }
        // unsubscribe, and the forms for patterns and shards.
        return text.dropLast(9).allSatisfy {
            $0 == UInt8(ascii: "p") || $0 == UInt8(ascii: "s") || $0 == UInt8(ascii: "u") || $0 == UInt8(ascii: "n")
        }
    }

    private static func isMessage(_ text: UnsafeRawBufferPointer) -> Bool {
        let word: StaticString = "message"
        guard text.count == 7 || text.count == 8, word.withUTF8Buffer({ text.suffix(7).elementsEqual($0) }) else {
            return false
        }
        return text.count == 7 || text[0] == UInt8(ascii: "p") || text[0] == UInt8(ascii: "s")
    }
}
