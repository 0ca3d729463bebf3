extension MySQLParser {
    /// The server's greeting, or what comes in its place.
    mutating func greeted(
        _ head: MessageCutter.Head, _ payload: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        phase = .commands
        guard head.bytes.count > 3, head.bytes[3] == 0, let greeting = MySQLGreeting(payload) else { return }
        serverCapabilities = greeting.capabilities
        isMariaDB = greeting.isMariaDB
        phase = .login
        // Nothing comes before it.
        if request.isLost { request.restart(in: &exchanges) }
        if queue.isEmpty { queue = ReplyQueue(atBeginning: true) }
    }

    /// The client's answer to the greeting.
    mutating func login(
        _ head: MessageCutter.Head, _ payload: UnsafeRawBufferPointer, left: Int, in exchanges: inout ExchangeTable
    ) {
        let length = head.length - UInt64(MySQLPacket.headerLength)
        guard let login = MySQLLogin(payload, length: length) else {
            // Older than protocol 4.1.
            exchanges.surrender = .leftAlone
            return
        }
        if login.isTLSRequest {
            exchanges.surrender = .changed(to: .tls, left: left)
            return
        }
        capabilities = login.capabilities.intersection(serverCapabilities)
        deprecatesEOF = capabilities.contains(.deprecateEOF)
        hasAttributes = capabilities.contains(.queryAttributes)
        namespace = Array(login.database.prefix(256))
        guard queue.admits(in: &exchanges) else { return }
        sending = exchanges.begin(key: 0, offset: head.offset, at: head.start)
        exchanges.setSilent(sending)
        queue.append(PendingReply(handle: sending, kind: MySQLCommand.login.rawValue))
        command = .login
        add(MySQLCommand.login.name, to: sending, in: &exchanges)
        if isMariaDB { add("MariaDB", .version, to: sending, in: &exchanges) }
        if !namespace.isEmpty {
            namespace.withUnsafeBytes { exchanges.add(.namespace, .requestHeader, value: $0, to: sending) }
        }
    }

    /// A packet of the server while the client logs in, or changes who it is.
    ///
    /// - Returns: whether that goes on.
    mutating func authenticating(_ payload: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        switch payload.first {
        case 0x00:
            if let next = nextNamespace {
                namespace = next
                nextNamespace = nil
            }
            if phase == .login { loggedIn(in: &exchanges) }
            finish(in: &exchanges)
            return false
        case 0xFF:
            failed(payload, in: &exchanges)
            if phase == .login { phase = .commands }
            return false
        // Another way to log in, or more that it takes.
        default: return true
        }
    }

    private mutating func loggedIn(in exchanges: inout ExchangeTable) {
        phase = .commands
        guard capabilities.contains(.compress) || capabilities.contains(.zstandard) else { return }
        phase = .compressed
    }
}
