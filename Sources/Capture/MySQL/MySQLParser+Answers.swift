extension MySQLParser {
    /// A packet of the server begins.
    mutating func answerHead(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        let length = head.length - UInt64(MySQLPacket.headerLength)
        let payload = UnsafeRawBufferPointer(rebasing: head.bytes.dropFirst(MySQLPacket.headerLength))
        let isPart = isResponseContinued
        isResponseContinued = length == MySQLPacket.continued
        if phase == .greeting {
            greeted(head, payload, in: &exchanges)
            if phase == .login { return }
        }
        guard head.bytes.count > 3, !payload.isEmpty || length == 0 else {
            // Where its contents are missing, what follows cannot be told, unless it is one of many rows.
            if case .rows = expected { return }
            response.lose(in: &exchanges)
            return lostAnswer(in: &exchanges)
        }
        let sequence = head.bytes[3]
        if mayEndAgain {
            mayEndAgain = false
            if length == 5, payload.first == 0xFE {
                deprecatesEOF = false
                return
            }
            if deprecatesEOF == nil { deprecatesEOF = true }
        }
        if let nextSequence, nextSequence != sequence { return fail(.responder, in: &exchanges) }
        nextSequence = sequence &+ 1
        if isPart { return }
        guard !queue.isEmpty, let reply = queue.first else {
            queue.orphan(in: &exchanges)
            nextSequence = nil
            return response.lose(in: &exchanges)
        }
        if !isAnswering {
            isAnswering = true
            answered = head.length
            queue.answering(at: exchanges.context.point.time)
            if exchanges.isOpen(reply.handle) { exchanges.beginResponse(reply.handle, at: head.start) }
        }
        answer(payload, length, reply, in: &exchanges)
    }

    private mutating func answer(
        _ payload: UnsafeRawBufferPointer, _ length: UInt64, _ reply: PendingReply, in exchanges: inout ExchangeTable
    ) {
        switch expected {
        case .first: first(payload, length, reply, in: &exchanges)
        case .columns(let left): expected = left > 1 ? .columns(left - 1) : .metadataEnd
        case .metadataEnd:
            expected = .rows
            if length == 5, payload.first == 0xFE {
                deprecatesEOF = false
                // The rows are fetched later.
                if MySQLStatus(end: payload).contains(.cursorExists) { finish(in: &exchanges) }
                return
            }
            deprecatesEOF = true
            row(payload, length, in: &exchanges)
        case .rows: row(payload, length, in: &exchanges)
        case .parameters(let left, let columns):
            expected = left > 1 ? .parameters(left - 1, columns: columns) : .definitionsEnd(columns: columns)
            if left == 1, columns == 0, deprecatesEOF != false { endDefinitions(in: &exchanges) }
        case .definitionsEnd(let columns):
            if length == 5, payload.first == 0xFE {
                deprecatesEOF = false
                if columns == 0 { return finish(in: &exchanges) }
                expected = .parameters(columns, columns: 0)
            } else {
                deprecatesEOF = true
                if columns > 1 {
                    expected = .parameters(columns - 1, columns: 0)
                } else {
                    finish(in: &exchanges)
                }
            }
        }
    }

    /// The first packet of an answer.
    private mutating func first(
        _ payload: UnsafeRawBufferPointer, _ length: UInt64, _ reply: PendingReply, in exchanges: inout ExchangeTable
    ) {
        let command = MySQLCommand(rawValue: reply.kind) ?? .query
        switch command {
        case .login, .changeUser:
            if authenticating(payload, in: &exchanges) { nextSequence = nil }
            return
        case .statistics: return finish(in: &exchanges)
        case .fieldList, .fetch:
            expected = .rows
            return row(payload, length, in: &exchanges)
        default: break
        }
        switch payload.first {
        case 0xFF: failed(payload, in: &exchanges)
        case 0x00 where command == .prepare: prepared(payload, reply, in: &exchanges)
        case 0x00: ok(payload, in: &exchanges)
        case 0xFE where length < 9: ok(payload, in: &exchanges)
        case 0xFB:
            // The client sends a file, then comes the answer proper.
            isReceivingFile = true
            nextSequence = nil
        default:
            guard let columns = MySQLPacket.lengthEncoded(payload, at: 0), columns.value > 0, columns.value <= 4096
            else {
                return fail(.responder, in: &exchanges)
            }
            // Where definitions may be left out, a byte more says whether they are.
            let areLeftOut =
                length == UInt64(columns.size) + 1 && payload.count > columns.size && payload[columns.size] == 0
            // A cursor's columns may be all that comes: then an end follows in their place.
            expected = areLeftOut ? .metadataEnd : .columns(columns.value)
            if areLeftOut, deprecatesEOF == true { expected = .rows }
        }
    }

    private mutating func ok(_ payload: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let status = payload.first == 0xFE && payload.count == 5 ? MySQLStatus(end: payload) : MySQLStatus(ok: payload)
        isReceivingFile = false
        if let next = nextNamespace {
            namespace = next
            nextNamespace = nil
        }
        end(status ?? [], in: &exchanges)
    }

    /// A result is over.
    private mutating func end(_ status: MySQLStatus, in exchanges: inout ExchangeTable) {
        expected = .first
        if !status.contains(.moreResults) { finish(in: &exchanges) }
    }

    /// A row, or what ends them.
    private mutating func row(_ payload: UnsafeRawBufferPointer, _ length: UInt64, in exchanges: inout ExchangeTable) {
        switch payload.first {
        case 0xFF: failed(payload, in: &exchanges)
        case 0xFE where length < MySQLPacket.continued:
            // Either an EOF packet, or an OK packet in its place.
            end(length == 5 ? MySQLStatus(end: payload) : MySQLStatus(ok: payload) ?? [], in: &exchanges)
        default:
            rows &+= 1
            if answered > MySQLParser.longAnswer, wantsEverything {
                wantsEverything = false
                exchanges.want(.ordinary, of: .responder)
            }
        }
    }

    /// A statement was prepared.
    private mutating func prepared(
        _ payload: UnsafeRawBufferPointer, _ reply: PendingReply, in exchanges: inout ExchangeTable
    ) {
        let id = UInt64(MySQLPacket.number(payload, at: 1, size: 4))
        statements.rename(reply.note, to: id, in: &exchanges)
        if reply.note == nextUnnumbered &- 1 {
            // MariaDB's clients may call it the last one.
            statements.copy(id, to: reply.note, in: &exchanges)
        }
        let columns = UInt64(MySQLPacket.number(payload, at: 5, size: 2))
        let parameters = UInt64(MySQLPacket.number(payload, at: 7, size: 2))
        // Definitions may have been agreed to be left out.
        let areLeftOut = payload.count > 12 && payload[12] == 0
        if areLeftOut || columns + parameters == 0 { return finish(in: &exchanges) }
        expected = parameters > 0 ? .parameters(parameters, columns: columns) : .parameters(columns, columns: 0)
    }

    /// The last definition has come; an end of them may follow.
    private mutating func endDefinitions(in exchanges: inout ExchangeTable) {
        mayEndAgain = deprecatesEOF == nil
        finish(in: &exchanges)
    }

    /// The server says that the first request has failed.
    mutating func failed(_ payload: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        isReceivingFile = false
        nextNamespace = nil
        guard let reply = queue.first else { return }
        let handle = reply.handle
        if reply.kind == MySQLCommand.prepare.rawValue { statements.forget(reply.note, in: &exchanges) }
        exchanges.open(handle)
        exchanges.beginResponse(handle, at: exchanges.context.point)
        let code = MySQLPacket.number(payload, at: 1, size: 2)
        exchanges.setFailed(handle)
        exchanges.setStatus(Int32(code), of: handle)
        exchanges.add(.errorCode, .responseHeader, number: UInt64(code), to: handle)
        if payload.count >= 9, payload[3] == UInt8(ascii: "#") {
            exchanges.add(
                .errorDetail, .responseHeader, value: UnsafeRawBufferPointer(rebasing: payload[4..<9]), to: handle)
        }
        finish(in: &exchanges)
    }

    /// The first request has been answered.
    mutating func finish(in exchanges: inout ExchangeTable) {
        defer { reset() }
        guard let reply = queue.removeFirst() else { return }
        hasSucceeded = true
        failures = 0
        guard exchanges.isOpen(reply.handle) else { return exchanges.passOver(reply.handle) }
        if rows > 0, areRowsKnown { exchanges.add(.rows, .responseHeader, number: rows, to: reply.handle) }
        exchanges.responseMoved(reply.handle)
        exchanges.endRequest(reply.handle)
        exchanges.endResponse(reply.handle)
    }

    /// The next packet begins an answer.
    mutating func reset() {
        expected = .first
        nextSequence = nil
        isAnswering = false
        isDraining = false
        isReceivingFile = false
        rows = 0
        areRowsKnown = true
    }
}
