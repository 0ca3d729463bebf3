// What the two sides say.
extension NATSParser {
    private static let verbose: StaticString = "\"verbose\":true"
    /// The status of a message of the server's that says that it has no messages.
    private static let noMessages: Int32 = 404
    /// That of one that ends a wait for messages.
    private static let timeout: Int32 = 408

    /// A line of the client's.
    mutating func asked(_ line: NATSLine, _ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        switch line.verb {
        case .connect:
            exchanges.passOver(login)
            isVerbose = NATSParser.isVerbose(line.arguments)
            login = exchanges.begin(key: 0, offset: head.offset, at: head.start)
            exchanges.setSilent(login)
            exchanges.add(.method, .requestHeader, text: "connect", to: login)
            exchanges.endRequest(login)
            owe(login, in: &exchanges)
        case .pub, .hpub:
            let handle = exchanges.begin(key: 0, offset: head.offset, at: head.start)
            message(line, head, "publish", .send, handle, from: .requester, in: &exchanges)
        case .sub:
            if let number = line.subscription {
                if line.group.isEmpty {
                    groups.remove(number)
                } else {
                    groups.insert(number, line.group, in: &exchanges)
                }
            }
            owe(.none, in: &exchanges)
        case .unsub:
            if let number = line.subscription, line.group.isEmpty { groups.remove(number) }
            owe(.none, in: &exchanges)
        default: break
        }
    }

    /// A line of the server's.
    mutating func said(_ line: NATSLine, _ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        switch line.verb {
        case .msg, .hmsg:
            accepted(in: &exchanges)
            let handle = exchanges.begin(key: 0, offset: head.offset, from: .responder, at: head.start)
            if let number = line.subscription {
                groups.with(number) { exchanges.add(.consumerGroup, .messageMetadata, value: $0, to: handle) }
            }
            message(line, head, "deliver", .process, handle, from: .responder, in: &exchanges)
        case .pong: accepted(in: &exchanges)
        case .ok:
            if let handle = acknowledged() {
                if handle == login { return accepted(in: &exchanges) }
                exchanges.beginResponse(handle, at: head.start)
                exchanges.responseMoved(handle)
                exchanges.endResponse(handle)
            } else {
                accepted(in: &exchanges)
            }
        case .error: refused(line, head, in: &exchanges)
        default: break
        }
    }

    /// A message has moved to its last byte.
    mutating func ended(_ side: Side, in exchanges: inout ExchangeTable) {
        guard let payload = self[side].payload else { return }
        let handle = self[side].handle
        self[side].payload = nil
        self[side].handle = .none
        exchanges.requestMoved(handle, body: payload)
        exchanges.endRequest(handle)
        if side == .requester, isVerbose { owe(handle, in: &exchanges) } else { exchanges.endResponse(handle) }
    }

    private mutating func message(
        _ line: NATSLine, _ head: MessageCutter.Head, _ method: StaticString, _ operation: MessageOperation,
        _ handle: ExchangeHandle, from side: Side, in exchanges: inout ExchangeTable
    ) {
        exchanges.setMessage(operation, of: handle)
        exchanges.add(.method, .requestHeader, text: method, to: handle)
        exchanges.add(.destination, .requestHeader, value: line.subject, to: handle)
        if !line.reply.isEmpty { exchanges.add(.conversationID, .requestHeader, value: line.reply, to: handle) }
        if line.headers > 0 {
            let known = head.bytes[line.length...].prefix(Int(clamping: line.headers))
            let status = NATSHeaders.add(UnsafeRawBufferPointer(rebasing: known), to: handle, in: &exchanges)
            if status > 0 { exchanges.setStatus(status, of: handle) }
            if status >= 400, status != NATSParser.noMessages, status != NATSParser.timeout {
                exchanges.add(.errorCode, .messageMetadata, number: UInt64(status), to: handle)
                exchanges.setFailed(handle)
            }
        }
        if exchanges.values.isOn {
            exchanges.addValues(text: line.subject, to: handle)
            let payload = head.bytes.dropFirst(line.length).dropFirst(Int(clamping: line.headers))
            let known = UnsafeRawBufferPointer(rebasing: payload)
            exchanges.addValues(body: known, .unknown, isCut: !head.isWhole, to: handle)
        }
        exchanges.open(handle)
        self[side].handle = handle
        self[side].payload = line.size &- line.headers
    }

    /// A verbose server acknowledges what was said, each in its turn.
    private mutating func owe(_ handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        guard isVerbose else { return }
        guard owed.count < NATSParser.mostOwed else {
            exchanges.count(.tableFull)
            isVerbose = false
            for handle in owed where handle != login { exchanges.close(handle, .cutOff) }
            owed.removeAll()
            return exchanges.close(handle, .cutOff)
        }
        owed.append(handle)
    }

    private mutating func acknowledged() -> ExchangeHandle? { owed.isEmpty ? nil : owed.removeFirst() }

    /// The log-in, if one was under way, has succeeded.
    private mutating func accepted(in exchanges: inout ExchangeTable) {
        exchanges.passOver(login)
        login = .none
    }

    private mutating func refused(_ line: NATSLine, _ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        var handle = acknowledged() ?? login
        if handle == .none {
            handle = exchanges.begin(key: 0, offset: head.offset, from: .responder, at: head.start)
            exchanges.add(.method, .responseHeader, text: "error", to: handle)
            exchanges.endRequest(handle)
        }
        if handle == login { login = .none }
        if let code = NATSFailure.code(line.arguments) {
            exchanges.add(.errorCode, .responseHeader, text: code, to: handle)
        }
        exchanges.setFailed(handle)
        exchanges.beginResponse(handle, at: head.start)
        exchanges.responseMoved(handle)
        exchanges.endResponse(handle)
    }

    /// Whether a client asks for acknowledgements: `"verbose":true`, with spaces anywhere.
    private static func isVerbose(_ text: UnsafeRawBufferPointer) -> Bool {
        var matched = 0
        for byte in text where byte != 0x20 && byte != 0x09 {
            matched = byte == verbose.utf8Start[matched] ? matched + 1 : byte == verbose.utf8Start[0] ? 1 : 0
            if matched == verbose.utf8CodeUnitCount { return true }
        }
        return false
    }
}
