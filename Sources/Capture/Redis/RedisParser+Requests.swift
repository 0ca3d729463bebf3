// What the requester says: commands.
extension RedisParser {
    /// Takes what belongs together off the front of `bytes`.
    ///
    /// - Returns: whether to go on.
    mutating func requestStep(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        if requests.isAtStart, !bytes.isEmpty {
            requestStart = (position.requester, exchanges.context.point)
            requests.allowsLines = isFromBeginning || hasSucceeded || isAtPort(exchanges)
        }
        let before = bytes.count
        let event = requests.next(&bytes, in: &exchanges)
        position.requester &+= UInt64(before - bytes.count)
        switch event {
        case .more: return false
        case .lost:
            loseRequests(in: &exchanges)
            return true
        case .line(let line):
            inline(line, in: &exchanges)
            return true
        case .value(let value):
            take(value, in: &exchanges)
            return true
        }
    }

    private func isAtPort(_ exchanges: borrowing ExchangeTable) -> Bool {
        exchanges.context.local.port == RedisSignature.port || exchanges.context.peer.port == RedisSignature.port
    }

    private mutating func take(_ value: RESPValue, in exchanges: inout ExchangeTable) {
        guard !value.isAside else { return }
        if value.depth == 0 {
            guard value.type == RESPType.array else {
                return refuse(in: &exchanges)
            }
            arguments = (value.length, 0)
        } else {
            guard value.depth == 1, value.type == RESPType.bulk, !value.isNull else { return refuse(in: &exchanges) }
            argument(value, in: &exchanges)
        }
        if value.endsMessage, !requests.isLost, exchanges.surrender == nil { endCommand(in: &exchanges) }
    }

    /// Takes an inline command apart. Quotes are not taken for what they are: no argument behind one is shown.
    private mutating func inline(_ line: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D })
        guard let name = words.first else { return }
        let isCommand = RedisCommandTable.isName(UnsafeRawBufferPointer(rebasing: name))
        guard isCommand, hasSucceeded || RedisCommandTable.shared[UnsafeRawBufferPointer(rebasing: name)] != nil else {
            return refuse(in: &exchanges)
        }
        let hasQuotes = line.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        arguments = (UInt64(words.count), 0)
        for word in words {
            let text = UnsafeRawBufferPointer(rebasing: word.prefix(RESPReader.limit))
            argument(
                RESPValue(type: RESPType.bulk, depth: 1, text: text, length: UInt64(word.count)), in: &exchanges)
            if hasQuotes { break }
        }
        endCommand(in: &exchanges)
    }

    private mutating func argument(_ value: RESPValue, in exchanges: inout ExchangeTable) {
        let index = arguments.seen
        arguments.seen &+= 1
        if index == 0 { return begin(value, in: &exchanges) }
        guard request != .none else { return }
        if index == 1 {
            if command.role == .client || command.role == .replica {
                subcommand = RedisSubcommand(command.role, value.text)
            } else if command.role == .select {
                // What was chosen before is known again if this fails.
                database = (RESPReader.number(value.text), database.now)
            }
        } else if index == 2, subcommand == .reply {
            subcommand = .replies(value.text)
        }
        if note != RedisNote.silent { exchanges.addValues(text: value.text, isCut: !value.isWhole, to: request) }
        statement.argument(index, value, in: &exchanges)
    }

    /// A command's name is known: its exchange begins.
    private mutating func begin(_ name: RESPValue, in exchanges: inout ExchangeTable) {
        let isName = name.isWhole && RedisCommandTable.isName(name.text)
        guard isName || (!name.isWhole && name.length <= UInt64(RedisCommandTable.longestName)) else {
            return refuse(in: &exchanges)
        }
        let known = isName ? RedisCommandTable.shared[name.text] : nil
        if isName, known == nil, !isFromBeginning, !hasSucceeded, !isAtPort(exchanges) {
            // It may as well be what an answer begins with.
            return refuse(in: &exchanges)
        }
        subcommand = .other
        note = RedisNote.ordinary
        command = known ?? .unknown
        request = pairing.begin(offset: requestStart.offset, at: requestStart.point, in: &exchanges)
        guard isName else {
            note = RedisNote.unnoticed
            exchanges.setNote(note, of: request)
            return exchanges.setSilent(request)
        }
        statement.begin(name.text, command, count: arguments.expected, in: &exchanges)
        exchanges.add(.method, .requestHeader, value: statement.bytes, to: request)
        if let now = database.now, command.role != .select {
            exchanges.add(.namespace, .requestHeader, number: now, to: request)
        }
        switch command.role {
        case .silent, .reset, .replication: note = RedisNote.silent
        case .monitor: note = RedisNote.monitor
        case .select: note = RedisNote.select
        case .execute: note = queued == nil ? RedisNote.executeUncounted : RedisNote.execute
        case .subscription: note = RedisNote.subscription(max(arguments.expected, 1) - 1)
        case .ordinary, .begin, .discard, .client, .replica: break
        }
        exchanges.setNote(note, of: request)
        if note == RedisNote.silent { exchanges.setSilent(request) }
    }

    /// The command's last byte has come.
    private mutating func endCommand(in exchanges: inout ExchangeTable) {
        let handle = request
        request = .none
        isTentative.requester = false
        guard arguments.seen > 0 else { return }
        let isAnswered = isAnswered()
        if handle != .none, note != RedisNote.unnoticed { complete(handle, in: &exchanges) }
        exchanges.requestMoved(handle, body: position.requester &- requestStart.offset)
        exchanges.endRequest(handle)
        switch command.role {
        case .replication:
            exchanges.passOver(handle)
            exchanges.surrender = .leftAlone
        case .replica where subcommand == .acknowledgement:
            exchanges.passOver(handle)
            exchanges.surrender = .leftAlone
        default:
            guard !isAnswered, handle != .none else { return }
            pairing.withdrawn()
            if note == RedisNote.silent || note == RedisNote.unnoticed { return exchanges.passOver(handle) }
            exchanges.endResponse(handle)
        }
    }

    /// Says what is known of a command now that all of it is, or all that will be, and opens it.
    private mutating func complete(_ handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        if subcommand == .unnoticed { note = RedisNote.unnoticed }
        switch subcommand {
        case .silent, .reply, .replies: note = RedisNote.silent
        default: break
        }
        exchanges.setNote(note, of: handle)
        exchanges.add(.statement, .requestHeader, value: statement.bytes, to: handle)
        switch command.role {
        case .begin: queued = 0
        case .execute:
            if let queued { exchanges.add(.batchSize, .requestHeader, number: queued, to: handle) }
            queued = nil
        case .discard: queued = nil
        case .reset:
            queued = nil
            isSubscribed = false
            database = (0, 0)
        default: queued? &+= 1
        }
        if note == RedisNote.silent || note == RedisNote.unnoticed { return exchanges.setSilent(handle) }
        exchanges.open(handle)
    }

    /// Whether the command will be answered, and what it makes of the next one.
    private mutating func isAnswered() -> Bool {
        if case .replies(let mode) = subcommand {
            replyMode = mode
            return mode == .on
        }
        defer { if replyMode == .skipping { replyMode = .on } }
        return replyMode == .on
    }

    /// What came was no command. Where nothing was right before, the sides may have been taken for each other.
    private mutating func refuse(in exchanges: inout ExchangeTable) {
        if !hasSucceeded, !isFromBeginning {
            exchanges.surrender = .mistaken
            return
        }
        requests.lose(in: &exchanges)
        loseRequests(in: &exchanges)
    }

    /// The requester's place is lost. The command that was coming is answered before all that come later.
    private mutating func loseRequests(in exchanges: inout ExchangeTable) {
        completeRequest(in: &exchanges)
        exchanges.endRequest(request)
        request = .none
        pairing.lostRequests()
        if !isTentative.requester { fail(in: &exchanges) }
    }

    /// No more will be known of the command that is coming.
    mutating func completeRequest(in exchanges: inout ExchangeTable) {
        if request != .none, note != RedisNote.unnoticed { complete(request, in: &exchanges) }
    }
}
