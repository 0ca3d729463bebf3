extension PostgreSQLParser {
    /// A message of the server begins.
    ///
    /// - Parameter left: how many bytes follow what is at hand of it, in the same call.
    mutating func answerHead(_ head: MessageCutter.Head, left: Int, in exchanges: inout ExchangeTable) {
        let type = head.bytes[0]
        if let reply = queue.first, reply.kind == Pending.encryption.rawValue {
            queue.removeFirst()
            switch type {
            case UInt8(ascii: "S"): exchanges.surrender = .changed(to: .tls, left: left)
            // GSSAPI: nothing that can be read.
            case UInt8(ascii: "G"): exchanges.surrender = .leftAlone
            default: break
            }
            return
        }
        switch type {
        // What comes of the server's own accord, and what the log-in takes.
        case UInt8(ascii: "A"), UInt8(ascii: "K"), UInt8(ascii: "N"), UInt8(ascii: "R"), UInt8(ascii: "S"),
            UInt8(ascii: "v"):
            return
        case UInt8(ascii: "W"):
            // A stream of changes (replication) rather than an answer.
            exchanges.surrender = .leftAlone
            return
        default: break
        }
        guard let reply = queue.first, let kind = Pending(rawValue: reply.kind) else {
            if type == UInt8(ascii: "Z") { queue.orphan(in: &exchanges) }
            return
        }
        if !isAnswering {
            isAnswering = true
            queue.answering(at: exchanges.context.point.time)
        }
        if exchanges.isOpen(reply.handle) { exchanges.beginResponse(reply.handle, at: head.start) }
        let contents = UnsafeRawBufferPointer(rebasing: head.bytes.dropFirst(PostgreSQLMessage.headerLength))
        switch type {
        case UInt8(ascii: "E"): failed(PostgreSQLError(contents), reply, kind, in: &exchanges)
        case UInt8(ascii: "Z"): ready(kind, in: &exchanges)
        default:
            guard !isAborted, goesOn(type, contents, reply, kind, in: &exchanges) else {
                return mismatched(in: &exchanges)
            }
        }
    }

    /// A message that is neither an error nor the end: whether it fits.
    private mutating func goesOn(
        _ type: UInt8, _ contents: UnsafeRawBufferPointer, _ reply: PendingReply, _ kind: Pending,
        in exchanges: inout ExchangeTable
    ) -> Bool {
        switch kind {
        case .startup, .sync, .encryption: return false
        case .function: return type == UInt8(ascii: "V")
        case .query: break
        case .execute, .prepare:
            guard reply.note > 0 else { break }
            switch type {
            case UInt8(ascii: "t"): return true
            case UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "T"), UInt8(ascii: "n"):
                queue[0].note -= 1
                if kind == .prepare, reply.note == 1 { finish(in: &exchanges) }
                return true
            default: return false
            }
        }
        guard kind != .prepare else { return false }
        switch type {
        case UInt8(ascii: "D"): rowsOfCommand &+= 1
        case UInt8(ascii: "C"):
            complete(contents)
            if kind == .execute { finish(in: &exchanges) }
        case UInt8(ascii: "I"), UInt8(ascii: "s"):
            rows &+= rowsOfCommand
            rowsOfCommand = 0
            if kind == .execute { finish(in: &exchanges) }
        case UInt8(ascii: "G"):
            isCopyingIn = true
            // A Sync that was sent ahead is passed over while data are copied in.
            if kind == .execute, queue.count > 1, queue[1].kind == Pending.sync.rawValue { queue.removeSecond() }
        case UInt8(ascii: "H"): isCopyingOut = true
        case UInt8(ascii: "c"), UInt8(ascii: "d"): break
        case UInt8(ascii: "T"): return kind == .query
        default: return false
        }
        return true
    }

    /// A command is complete: its tag says how many rows it was about, and those of some come back.
    mutating func complete(_ contents: UnsafeRawBufferPointer) {
        let tag = PostgreSQLMessage.string(contents, at: 0).value
        let counts =
            tag.starts(with: "SELECT ".utf8) || tag.starts(with: "FETCH ".utf8)
            || (isCopyingOut && tag.starts(with: "COPY ".utf8))
        if counts, let space = tag.lastIndex(of: UInt8(ascii: " ")) {
            var number: UInt64 = 0
            for digit in tag[(space + 1)...].prefix(18) where digit &- 0x30 < 10 {
                number = number * 10 + UInt64(digit - 0x30)
            }
            rowsOfCommand = number
        }
        rows &+= rowsOfCommand
        rowsOfCommand = 0
        isCopyingIn = false
        isCopyingOut = false
    }

    /// The first request has failed.
    mutating func failed(
        _ error: PostgreSQLError, _ reply: PendingReply, _ kind: Pending, in exchanges: inout ExchangeTable
    ) {
        isCopyingIn = false
        // Its commands were complete by then: their transaction was not.
        guard kind != .sync, !isAborted else { return }
        fail(reply.handle, in: &exchanges)
        if !error.code.isEmpty { exchanges.add(.errorCode, .responseHeader, value: error.code, to: reply.handle) }
        switch kind {
        case .startup: finish(in: &exchanges)
        case .query, .function: if error.isFatal { finish(in: &exchanges) }
        case .execute, .prepare:
            finish(in: &exchanges)
            isAborted = true
        case .sync, .encryption: break
        }
    }

    private mutating func fail(_ handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        exchanges.open(handle)
        exchanges.beginResponse(handle, at: exchanges.context.point)
        exchanges.setFailed(handle)
    }

    /// The server is ready for another query.
    private mutating func ready(_ kind: Pending, in exchanges: inout ExchangeTable) {
        if isAborted {
            // What was passed over has failed as well.
            while let reply = queue.first, reply.kind != Pending.sync.rawValue {
                if reply.kind == Pending.execute.rawValue { fail(reply.handle, in: &exchanges) }
                finish(in: &exchanges)
            }
            isAborted = false
            return finish(in: &exchanges)
        }
        guard kind.endsBatch else { return mismatched(in: &exchanges) }
        finish(in: &exchanges)
    }

    /// The first request has been answered.
    mutating func finish(in exchanges: inout ExchangeTable) {
        defer {
            isAnswering = false
            isCopyingIn = false
            isCopyingOut = false
            (rows, rowsOfCommand) = (0, 0)
        }
        guard let reply = queue.removeFirst() else { return }
        hasSucceeded = true
        failures = 0
        guard exchanges.isOpen(reply.handle) else { return exchanges.passOver(reply.handle) }
        if rows > 0 { exchanges.add(.rows, .responseHeader, number: rows, to: reply.handle) }
        exchanges.responseMoved(reply.handle)
        exchanges.endRequest(reply.handle)
        exchanges.endResponse(reply.handle)
    }

    /// An answer does not fit the request that it would be to: some were missed.
    private mutating func mismatched(in exchanges: inout ExchangeTable) {
        exchanges.count(.unpaired)
        queue.giveUp(in: &exchanges)
        reset()
    }

    mutating func reset() {
        isAnswering = false
        isAborted = false
        isDraining = false
        isCopyingIn = false
        isCopyingOut = false
        (rows, rowsOfCommand) = (0, 0)
    }
}
