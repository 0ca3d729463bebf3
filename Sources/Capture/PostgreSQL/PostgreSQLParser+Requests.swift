extension PostgreSQLParser {
    /// A message of the client begins.
    mutating func requestHead(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        sending = .none
        atEnd = .nothing
        guard head.bytes[0] != 0 else { return opening(head, in: &exchanges) }
        let contents = UnsafeRawBufferPointer(rebasing: head.bytes.dropFirst(PostgreSQLMessage.headerLength))
        switch head.bytes[0] {
        case UInt8(ascii: "Q"): query(head, contents, in: &exchanges)
        case UInt8(ascii: "P"): parse(head, contents, in: &exchanges)
        case UInt8(ascii: "B"):
            group(from: head, in: &exchanges)
            bind(contents, in: &exchanges)
            if exchanges.values.isOn { addParameters(contents, in: &exchanges) }
        case UInt8(ascii: "D"): group(from: head, in: &exchanges)
        case UInt8(ascii: "C"):
            group(from: head, in: &exchanges)
            if let kind = contents.first {
                let name = PostgreSQLMessage.string(contents, at: 1).value
                statements.forget(PostgreSQLMessage.key(kind, name), in: &exchanges)
            }
        case UInt8(ascii: "E"): execute(head, contents, in: &exchanges)
        case UInt8(ascii: "H"): prepared(in: &exchanges)
        case UInt8(ascii: "S"):
            prepared(in: &exchanges)
            admitBatch(in: &exchanges)
            if isBatchAdmitted { queue.append(PendingReply(handle: .none, kind: Pending.sync.rawValue)) }
            isBatchOpen = false
        case UInt8(ascii: "F"):
            prepared(in: &exchanges)
            admitBatch(in: &exchanges)
            isBatchOpen = false
            guard isBatchAdmitted else { return }
            begin(.function, head, in: &exchanges)
            add("FunctionCall", to: sending, in: &exchanges)
            addNamespace(in: &exchanges)
            exchanges.open(sending)
        case UInt8(ascii: "d"), UInt8(ascii: "c"), UInt8(ascii: "f"), UInt8(ascii: "p"):
            // Data of a COPY, or more of the log-in.
            exchanges.requestMoved(queue.last?.handle ?? .none)
            if head.bytes[0] != UInt8(ascii: "d") { isCopyingIn = false }
        // Terminate.
        default: break
        }
    }

    /// Begins an exchange that waits for its answer from now on.
    private mutating func begin(_ kind: Pending, _ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        sending = exchanges.begin(key: 0, offset: head.offset, at: head.start)
        queue.append(PendingReply(handle: sending, kind: kind.rawValue))
    }

    /// What a client says first.
    private mutating func opening(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        let code = PostgreSQLMessage.number(head.bytes, at: 4)
        if queue.isEmpty {
            // Nothing comes before it.
            queue = ReplyQueue(atBeginning: true)
            if response.isLost { response.restart(in: &exchanges) }
        }
        switch PostgreSQLMessage.Opening(rawValue: code) {
        case .tls, .gss: queue.append(PendingReply(handle: .none, kind: Pending.encryption.rawValue, isMarked: false))
        case .cancel:
            // Nobody answers, and nothing follows.
            sending = exchanges.begin(key: 0, offset: head.offset, at: head.start)
            add("CANCEL", to: sending, in: &exchanges)
            exchanges.open(sending)
            exchanges.endResponse(sending)
        case nil:
            guard queue.admits(in: &exchanges) else { return }
            namespace = database(in: head.bytes)
            begin(.startup, head, in: &exchanges)
            exchanges.setSilent(sending)
            add("CONNECT", to: sending, in: &exchanges)
            addNamespace(in: &exchanges)
        }
    }

    /// The database among a StartupMessage's parameters: by default it is called as its user is.
    private func database(in message: UnsafeRawBufferPointer) -> [UInt8] {
        var offset: Int? = PostgreSQLMessage.openingLength
        var name = UnsafeRawBufferPointer(rebasing: message[message.count...])
        while let place = offset, place < message.count, message[place] != 0 {
            let (key, next) = PostgreSQLMessage.string(message, at: place)
            guard let next else { break }
            let (value, end) = PostgreSQLMessage.string(message, at: next)
            if key.elementsEqual("database".utf8) { return Array(value.prefix(256)) }
            if key.elementsEqual("user".utf8) { name = value }
            offset = end
        }
        return Array(name.prefix(256))
    }

    private mutating func query(
        _ head: MessageCutter.Head, _ contents: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        prepared(in: &exchanges)
        admitBatch(in: &exchanges)
        isBatchOpen = false
        guard isBatchAdmitted else { return }
        begin(.query, head, in: &exchanges)
        let (text, next) = PostgreSQLMessage.string(contents, at: 0)
        let isLong = next == nil || text.count > FieldBuffer.maximumValue
        let beginning = isLong ? divide(text, isComplete: next != nil, of: head) : text
        exchanges.add(.statement, .sqlComment, value: beginning, to: sending)
        exchanges.addValues(statement: beginning, .names, isCut: isLong, to: sending)
        addNamespace(in: &exchanges)
        if next == nil {
            atEnd = .open
        } else {
            if isLong {
                endStatement(.none, of: 0) { exchanges.add(.statementEnd, .sqlComment, value: $1, to: $0.sending) }
            }
            exchanges.open(sending)
        }
    }

    /// Divides a statement that is too long to be kept; what was kept of its end is asked for when its message has ended, or
    /// at once where all of it is there.
    private mutating func divide(
        _ text: UnsafeRawBufferPointer, isComplete: Bool, of head: MessageCutter.Head
    ) -> UnsafeRawBufferPointer {
        statementEnd.divide(text, missing: isComplete ? 0 : head.length - UInt64(head.bytes.count))
    }

    /// Calls `body` with the end of a statement, as far as it is known (``StatementEnd/with(_:of:_:)``).
    private mutating func endStatement(
        _ tail: UnsafeRawBufferPointer, of count: Int, _ body: (inout Self, UnsafeRawBufferPointer) -> Void
    ) {
        var end = StatementEnd()
        swap(&end, &statementEnd)
        end.with(tail, of: count) { body(&self, $0) }
        swap(&end, &statementEnd)
    }

    private mutating func parse(
        _ head: MessageCutter.Head, _ contents: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        group(from: head, in: &exchanges)
        let (name, next) = PostgreSQLMessage.string(contents, at: 0)
        guard let next else { return }
        let key = PostgreSQLMessage.key(UInt8(ascii: "S"), name)
        let (text, end) = PostgreSQLMessage.string(contents, at: next)
        let isLong = end == nil || text.count > FieldBuffer.maximumValue
        let beginning = isLong ? divide(text, isComplete: end != nil, of: head) : text
        statements.remember(key, beginning, in: &exchanges)
        exchanges.addValues(statement: beginning, .names, isCut: isLong, to: group.handle)
        bound = key
        if end == nil {
            atEnd = .remember(key)
        } else if isLong {
            endStatement(.none, of: 0) { $0.statements.rememberEnd(key, $1, in: &exchanges) }
        }
    }

    private mutating func bind(_ contents: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let (portal, next) = PostgreSQLMessage.string(contents, at: 0)
        guard let next else { return }
        let statement = PostgreSQLMessage.key(
            UInt8(ascii: "S"), PostgreSQLMessage.string(contents, at: next).value)
        if portal.isEmpty {
            bound = statement
        } else {
            statements.copy(statement, to: PostgreSQLMessage.key(UInt8(ascii: "P"), portal), in: &exchanges)
        }
    }

    private mutating func execute(
        _ head: MessageCutter.Head, _ contents: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        group(from: head, in: &exchanges)
        let answers = group.answers - 1
        sending = group.handle
        group = Group()
        guard isBatchAdmitted else { return }
        queue.append(PendingReply(handle: sending, kind: Pending.execute.rawValue, note: answers, isMarked: false))
        let portal = PostgreSQLMessage.string(contents, at: 0).value
        let key = portal.isEmpty ? bound : PostgreSQLMessage.key(UInt8(ascii: "P"), portal)
        if !statements.add(key, to: sending, in: &exchanges) { add("EXECUTE", to: sending, in: &exchanges) }
        addNamespace(in: &exchanges)
        exchanges.open(sending)
    }

    /// A message that prepares an Execute, or will be answered without one.
    private mutating func group(from head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        if !group.isActive {
            group.isActive = true
            admitBatch(in: &exchanges)
            if isBatchAdmitted { group.handle = exchanges.begin(key: 0, offset: head.offset, at: head.start) }
        }
        group.answers += 1
        exchanges.requestMoved(group.handle)
    }

    /// No Execute follows what was prepared.
    private mutating func prepared(in exchanges: inout ExchangeTable) {
        guard group.isActive else { return }
        let (handle, answers) = (group.handle, group.answers)
        group = Group()
        guard isBatchAdmitted else { return }
        exchanges.setSilent(handle)
        add("PREPARE", to: handle, in: &exchanges)
        statements.add(bound, to: handle, in: &exchanges)
        addNamespace(to: handle, in: &exchanges)
        exchanges.endRequest(handle)
        queue.append(PendingReply(handle: handle, kind: Pending.prepare.rawValue, note: answers, isMarked: false))
    }

    /// Whether the answers to what comes up to the next Sync can be told.
    private mutating func admitBatch(in exchanges: inout ExchangeTable) {
        if isDraining { drained(in: &exchanges) }
        guard !isBatchOpen else { return }
        isBatchOpen = true
        isBatchAdmitted = queue.admits(in: &exchanges)
    }

    /// A message of the client has ended.
    mutating func requestEnd(_ end: MessageCutter.End, in exchanges: inout ExchangeTable) {
        exchanges.requestMoved(sending)
        switch atEnd {
        case .nothing: break
        case .open:
            let text = PostgreSQLMessage.string(end.tail, at: 0).value
            endStatement(text, of: end.tail.count) {
                exchanges.add(.statementEnd, .sqlComment, value: $1, to: $0.sending)
            }
            exchanges.open(sending)
        case .remember(let key):
            let text = PostgreSQLMessage.text(ofParse: end.tail)
            endStatement(text, of: end.tail.count) { $0.statements.rememberEnd(key, $1, in: &exchanges) }
        }
        atEnd = .nothing
        exchanges.endRequest(sending)
        sending = .none
    }

    private func add(_ name: StaticString, to handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        let bytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        exchanges.add(.method, .requestHeader, value: bytes, to: handle)
    }

    private func addNamespace(in exchanges: inout ExchangeTable) { addNamespace(to: sending, in: &exchanges) }

    private func addNamespace(to handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        guard !namespace.isEmpty else { return }
        namespace.withUnsafeBytes { exchanges.add(.namespace, .requestHeader, value: $0, to: handle) }
    }
}
