// A compressed connection: packets within packets, of which only the outer ones are read. Each command is one outer packet
// with sequence id 0 (or several); the answer's go on from there. What is too short to be worth compressing is sent as it
// is: by that, commands that nobody answers are told.
extension MySQLParser {
    /// A server fills a buffer of 16 KiB before it sends it: a packet that had nearly so many bytes is not the last.
    private static let fullBuffer: UInt32 = 16_000

    /// A compressed packet of the client begins.
    mutating func compressedRequest(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        guard head.bytes.count >= MySQLPacket.compressedHeaderLength else { return fail(.requester, in: &exchanges) }
        guard head.bytes[3] == 0 else { return }
        let inner = UnsafeRawBufferPointer(rebasing: head.bytes[MySQLPacket.compressedHeaderLength...])
        let isPlain = MySQLPacket.number(head.bytes, at: 4, size: 3) == 0
        sending = .none
        command = .compressed
        if isPlain, inner.count > MySQLPacket.headerLength,
            let plain = MySQLCommand(rawValue: inner[MySQLPacket.headerLength])
        {
            guard !plain.isUnanswered else { return }
            if plain.isSilent { command = plain }
        }
        if isAnswering { finish(in: &exchanges) }
        guard queue.admits(in: &exchanges) else { return }
        sending = exchanges.begin(key: 0, offset: head.offset, at: head.start)
        queue.append(PendingReply(handle: sending, kind: MySQLCommand.compressed.rawValue))
        if isMariaDB { add("MariaDB", .version, to: sending, in: &exchanges) }
        if !namespace.isEmpty {
            namespace.withUnsafeBytes { exchanges.add(.namespace, .requestHeader, value: $0, to: sending) }
        }
        add(capabilities.contains(.compress) ? "zlib" : "zstd", .compression, to: sending, in: &exchanges)
        guard !command.isSilent else { return exchanges.setSilent(sending) }
        exchanges.open(sending)
    }

    /// A compressed packet of the server begins.
    mutating func compressedAnswer(
        _ head: MessageCutter.Head, isLast: Bool, in exchanges: inout ExchangeTable
    ) {
        guard head.bytes.count >= MySQLPacket.compressedHeaderLength else { return fail(.responder, in: &exchanges) }
        let before = MySQLPacket.number(head.bytes, at: 4, size: 3)
        let length = before > 0 ? before : MySQLPacket.number(head.bytes, at: 0, size: 3)
        isDraining = length < MySQLParser.fullBuffer
        guard let reply = queue.first else { return queue.orphan(in: &exchanges) }
        guard !isAnswering else { return }
        isAnswering = true
        queue.answering(at: exchanges.context.point.time)
        if exchanges.isOpen(reply.handle) { exchanges.beginResponse(reply.handle, at: head.start) }
    }

    /// A compressed packet of the server has ended: the answer with it, if nothing follows and its buffer was not full.
    mutating func compressedAnswerEnd(isLast: Bool, in exchanges: inout ExchangeTable) {
        guard isLast, isDraining, isAnswering else { return }
        finish(in: &exchanges)
    }
}
