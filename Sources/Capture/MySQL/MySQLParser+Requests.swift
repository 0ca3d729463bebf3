extension MySQLParser {
    /// A packet of the client begins.
    ///
    /// - Parameter left: how many bytes follow what is at hand of it, in the same call.
    mutating func requestHead(_ head: MessageCutter.Head, left: Int, in exchanges: inout ExchangeTable) {
        let length = head.length - UInt64(MySQLPacket.headerLength)
        let isPart = isRequestContinued
        isRequestContinued = length == MySQLPacket.continued
        let payload = UnsafeRawBufferPointer(rebasing: head.bytes.dropFirst(MySQLPacket.headerLength))
        if isPart { return statementEnd.keep(payload, missing: head.length - UInt64(head.bytes.count)) }
        switch phase {
        case .login where queue.isEmpty: return login(head, payload, left: left, in: &exchanges)
        // More of what the log-in takes: of no interest.
        case .login, .greeting, .compressed: return
        case .commands: break
        }
        guard head.bytes.count > 3, head.bytes[3] == 0 else {
            // A file that the server has asked for, or more of another log-in.
            if isReceivingFile || queue.last?.kind == MySQLCommand.changeUser.rawValue {
                sending = queue.last?.handle ?? .none
                return
            }
            return fail(.requester, in: &exchanges)
        }
        guard let first = payload.first,
            first < MySQLCommand.login.rawValue || first == MySQLCommand.bulkExecute.rawValue,
            let command = MySQLCommand(rawValue: first)
        else {
            // Its contents are missing, or it is no command.
            if payload.isEmpty, length > 0 { return skipped(in: &exchanges) }
            return fail(.requester, in: &exchanges)
        }
        guard !command.endsRequests else {
            exchanges.surrender = .leftAlone
            return
        }
        begin(command, head, payload, in: &exchanges)
    }

    /// A command of which nothing is known but that it was sent.
    private mutating func skipped(in exchanges: inout ExchangeTable) {
        exchanges.count(.malformed)
        sending = .none
        lostRequests(in: &exchanges)
    }

    private mutating func begin(
        _ command: MySQLCommand, _ head: MessageCutter.Head, _ payload: UnsafeRawBufferPointer,
        in exchanges: inout ExchangeTable
    ) {
        sending = .none
        self.command = command
        opensAtEnd = false
        awaitsStatementEnd = false
        preparing = nil
        if command == .closeStatement {
            statements.forget(UInt64(MySQLPacket.number(payload, at: 1, size: 4)), in: &exchanges)
        }
        if command == .resetConnection || command == .changeUser { statements.removeAll(in: &exchanges) }
        if isDraining { finish(in: &exchanges) }
        var text = text(of: command, payload)
        let hasStatement = command == .query || command == .prepare
        let isLong = hasStatement && (!head.isWhole || text.count > FieldBuffer.maximumValue)
        if isLong { text = statementEnd.divide(text, missing: head.length - UInt64(head.bytes.count)) }
        awaitsStatementEnd = isLong
        var note: UInt64 = 0
        if command == .prepare {
            note = nextUnnumbered
            nextUnnumbered &+= 1
            if isLong { preparing = note }
            statements.remember(note, text, in: &exchanges)
        }
        guard !command.isUnanswered else { return }
        if !wantsEverything {
            wantsEverything = true
            exchanges.want(.everything, of: .responder)
        }
        guard queue.admits(in: &exchanges) else { return }
        sending = exchanges.begin(key: 0, offset: head.offset, at: head.start)
        queue.append(PendingReply(handle: sending, kind: command.rawValue, note: note))
        if command.isSilent { exchanges.setSilent(sending) }
        describe(command, payload, text, in: &exchanges)
        opensAtEnd = !command.isSilent
        if head.isWhole, !isLong, opensAtEnd {
            exchanges.open(sending)
            opensAtEnd = false
        }
    }

    /// What an exchange is about.
    private mutating func describe(
        _ command: MySQLCommand, _ payload: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer,
        in exchanges: inout ExchangeTable
    ) {
        let rest = UnsafeRawBufferPointer(rebasing: payload.dropFirst())
        var database: UnsafeRawBufferPointer?
        switch command {
        case .query:
            exchanges.add(.statement, .sqlComment, value: text, to: sending)
            exchanges.addValues(statement: text, .strings, isCut: awaitsStatementEnd, to: sending)
            if mayHaveAttributes(payload) { MySQLAttributes.ofQuery(payload) { addContext($0, $1, in: &exchanges) } }
            if let used = MySQLParser.used(by: text) { nextNamespace = Array(used) }
        case .prepare: exchanges.add(.statement, .sqlComment, value: text, to: sending)
        case .execute, .bulkExecute:
            if command == .bulkExecute { isMariaDB = true }
            let id = MySQLPacket.number(payload, at: 1, size: 4)
            // MariaDB: the statement that was prepared last, whose number may not have come yet.
            let name = id == .max ? nextUnnumbered &- 1 : UInt64(id)
            if id == .max { isMariaDB = true }
            if !statements.add(name, to: sending, in: &exchanges) { add(command.name, to: sending, in: &exchanges) }
            if command == .execute, exchanges.values.isOn { addParameters(payload, in: &exchanges) }
            if command == .execute, hasAttributes ?? !isMariaDB {
                MySQLAttributes.ofExecution(payload) { addContext($0, $1, in: &exchanges) }
            }
        case .initDatabase, .createDatabase, .dropDatabase:
            if command == .initDatabase { nextNamespace = Array(rest.prefix(256)) }
            database = rest
        case .changeUser:
            var next = MySQLPacket.string(payload, at: 1).next
            if next < payload.count { next += 1 + Int(payload[next]) }
            nextNamespace = Array(MySQLPacket.string(payload, at: next).value.prefix(256))
        default: break
        }
        if command != .execute, command != .bulkExecute { add(command.name, to: sending, in: &exchanges) }
        if isMariaDB { add("MariaDB", .version, to: sending, in: &exchanges) }
        if let database {
            exchanges.add(.namespace, .requestHeader, value: database, to: sending)
        } else if !namespace.isEmpty {
            namespace.withUnsafeBytes { exchanges.add(.namespace, .requestHeader, value: $0, to: sending) }
        }
    }

    func add(
        _ text: StaticString?, _ key: FieldKey = .method, to handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) {
        guard let text else { return }
        let bytes = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        exchanges.add(key, .requestHeader, value: bytes, to: handle)
    }

    /// A packet of the client has ended.
    mutating func requestEnd(_ end: MessageCutter.End, in exchanges: inout ExchangeTable) {
        exchanges.requestMoved(sending)
        guard !isRequestContinued else { return }
        if awaitsStatementEnd {
            // Lent out of itself for the time.
            var statementEnd = StatementEnd()
            swap(&statementEnd, &self.statementEnd)
            statementEnd.with(end.tail, of: end.tail.count) { ended(with: $0, in: &exchanges) }
            swap(&statementEnd, &self.statementEnd)
        }
        if opensAtEnd { exchanges.open(sending) }
        opensAtEnd = false
        exchanges.endRequest(sending)
        sending = .none
    }

    /// The statement that is being sent has ended so.
    private mutating func ended(with end: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        awaitsStatementEnd = false
        if let name = preparing { statements.rememberEnd(name, end, in: &exchanges) }
        preparing = nil
        exchanges.add(.statementEnd, .sqlComment, value: end, to: sending)
    }

    /// A query attribute: of interest if it is a part of a trace context.
    private func addContext(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        let headers = exchanges.headers
        headers.match(name) { use in
            guard use == .named(.context) else { return }
            exchanges.add(.context, .requestHeader, name: name, value: value, to: sending)
        }
    }

    /// Whether a query's payload begins with attributes. A text begins with a character: two numbers below 9 are those of
    /// the attributes and their sets. A joined connection tells by them whether it was agreed to send them.
    private func mayHaveAttributes(_ payload: UnsafeRawBufferPointer) -> Bool {
        hasAttributes ?? (payload.count >= 3 && payload[1] < 9 && payload[2] == 1)
    }

    /// The statement in a command's payload.
    private mutating func text(of command: MySQLCommand, _ payload: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        switch command {
        case .prepare: return UnsafeRawBufferPointer(rebasing: payload.dropFirst())
        case .query:
            guard mayHaveAttributes(payload) else { return UnsafeRawBufferPointer(rebasing: payload.dropFirst()) }
            return UnsafeRawBufferPointer(rebasing: payload[MySQLAttributes.end(in: payload)...])
        default: return UnsafeRawBufferPointer(rebasing: payload[payload.count...])
        }
    }

    /// The database that a statement changes to; nil when it does not.
    static func used(by text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard text.count > 4, text.count < 256, text[0] | 0x20 == UInt8(ascii: "u"),
            text[1] | 0x20 == UInt8(ascii: "s"), text[2] | 0x20 == UInt8(ascii: "e"), text[3] == 0x20
        else { return nil }
        let name = text[4...].drop { $0 == 0x20 || $0 == UInt8(ascii: "`") }
        let end = name.firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: ";") } ?? name.endIndex
        return end > name.startIndex ? UnsafeRawBufferPointer(rebasing: name[..<end]) : nil
    }

    /// Looks for a command at the start of a record.
    mutating func findRequest(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let wasTentative = isRequestTentative
        isRequestTentative = false
        guard bytes.count >= MySQLPacket.headerLength, bytes[3] == 0 else { return }
        let length = UInt64(MySQLPacket.number(bytes, at: 0, size: 3))
        if phase != .compressed, bytes.count > MySQLPacket.headerLength {
            let hint = RecognitionHint(
                recordLength: UInt64(bytes.count), isFirst: false, isOpening: false, senderPort: 0, receiverPort: 3306,
                isFromOpener: nil)
            let payload = UnsafeRawBufferPointer(rebasing: bytes[MySQLPacket.headerLength...])
            guard length > 0, MySQLSignature.request(payload, length, hint) != .no else { return }
        } else if phase != .compressed {
            // Servers read a packet's header by itself: what it is a header of shows in the next record.
            guard !wasTentative, length > 0 else { return }
            isRequestTentative = true
        }
        request.restart(in: &exchanges)
        isRequestContinued = false
    }

    /// Packets of the client were missed.
    mutating func lostRequests(in exchanges: inout ExchangeTable) {
        // How the statement ends is not known, and that it is not.
        if awaitsStatementEnd { ended(with: .none, in: &exchanges) }
        if opensAtEnd { exchanges.open(sending) }
        exchanges.endRequest(sending)
        sending = .none
        opensAtEnd = false
        queue.lostRequests()
    }
}
