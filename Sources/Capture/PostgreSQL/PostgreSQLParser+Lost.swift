// What happens when bytes are missing between messages.
extension PostgreSQLParser {
    /// Bytes of a ReadyForQuery.
    private static let readyLength = 6
    /// The farthest in front of it that the message before it is looked for, bytes.
    private static let longestLast = 1024

    /// Messages of the client were missed.
    mutating func lostRequests(in exchanges: inout ExchangeTable) {
        switch atEnd {
        case .nothing: break
        // How the statement ends is not known, and that it is not.
        case .open:
            exchanges.add(.statementEnd, .sqlComment, value: .none, to: sending)
            exchanges.open(sending)
        case .remember(let key): statements.rememberEnd(key, .none, in: &exchanges)
        }
        exchanges.endRequest(sending)
        sending = .none
        atEnd = .nothing
        // Data of a COPY: whatever they were, the query that takes them is answered next.
        guard !isCopyingIn else { return }
        exchanges.close(group.handle, .cutOff)
        group = Group()
        isBatchOpen = false
        queue.lostRequests()
    }

    /// Messages of the server were missed.
    mutating func lostAnswer(in exchanges: inout ExchangeTable) {
        var ends = 0
        var lastBatch = 0
        for place in 0..<queue.count {
            let endsBatch = Pending(rawValue: queue[place].kind)?.endsBatch ?? false
            if endsBatch {
                ends += 1
                if place + 1 < queue.count { lastBatch = place + 1 }
            }
        }
        if isAnswering, ends <= 1 {
            isDraining = true
            (rows, rowsOfCommand) = (0, 0)
            return
        }
        queue.lostAnswers(keeping: ends > 1 ? queue.count - lastBatch : 0, in: &exchanges)
        reset()
    }

    /// Looks for a client's message at the start of a record.
    mutating func findRequest(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard bytes.count >= PostgreSQLMessage.headerLength, bytes[0] != 0,
            case .total(let length) = PostgreSQLMessage.measureRequest(bytes)
        else { return }
        let ends = isCopyingIn && length >= 5 && (bytes[0] == UInt8(ascii: "c") || bytes[0] == UInt8(ascii: "f"))
        let hint = RecognitionHint(
            recordLength: UInt64(bytes.count), isFirst: false, isOpening: false, senderPort: 0, receiverPort: 5432,
            isFromOpener: nil)
        let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(ParserTable.signatureLength))
        guard ends || PostgreSQLSignature.request(start, length, hint) == .yes(.requester) else { return }
        request.restart(in: &exchanges)
    }

    /// Looks for a server's message at the start of a record.
    mutating func findAnswer(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard !isDraining else { return }
        guard bytes.count >= PostgreSQLMessage.headerLength else {
            if !queue.isEmpty, PostgreSQLMessage.isAnswer(bytes[0]) { response.restart(in: &exchanges) }
            return
        }
        guard case .total(let length) = PostgreSQLMessage.measureAnswer(bytes), length < 1 << 16
        else { return }
        if length < UInt64(bytes.count), !PostgreSQLMessage.isAnswer(bytes[Int(length)]) { return }
        response.restart(in: &exchanges)
    }

    /// Looks for ReadyForQuery at the end of a record, and for what stands in front of it.
    mutating func findEnd(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let end = bytes.count - PostgreSQLParser.readyLength
        guard end >= 0, bytes[end] == UInt8(ascii: "Z"), PostgreSQLMessage.number(bytes, at: end + 1) == 5,
            PostgreSQLSignature.isState(bytes[end + 5])
        else { return }
        response.restart(in: &exchanges)
        guard isDraining else { return }
        var place = end - PostgreSQLMessage.headerLength
        let farthest = max(0, end - PostgreSQLParser.longestLast)
        while place >= farthest {
            defer { place -= 1 }
            guard UInt64(PostgreSQLMessage.number(bytes, at: place + 1)) + 1 == UInt64(end - place) else { continue }
            let contents = UnsafeRawBufferPointer(rebasing: bytes[(place + PostgreSQLMessage.headerLength)..<end])
            switch bytes[place] {
            case UInt8(ascii: "C"):
                (rows, rowsOfCommand) = (0, 0)
                complete(contents)
            case UInt8(ascii: "E"):
                let error = PostgreSQLError(contents)
                if error.code.count == 5, let reply = queue.first, let kind = Pending(rawValue: reply.kind),
                    isSingle
                {
                    failed(error, reply, kind, in: &exchanges)
                }
            default: continue
            }
            break
        }
        drained(in: &exchanges)
    }

    /// Whether the batch that is being answered has one request that is an exchange.
    private var isSingle: Bool {
        var count = 0
        for place in 0..<queue.count where queue[place].kind != Pending.sync.rawValue { count += 1 }
        return count == 1
    }

    /// The answer that could not be followed is over, since the server is ready again or the client has gone on.
    mutating func drained(in exchanges: inout ExchangeTable) {
        isDraining = false
        if isSingle || isAborted {
            while !queue.isEmpty { finish(in: &exchanges) }
        } else {
            // Which of them were answered cannot be told.
            queue.lostAnswers(keeping: 0, in: &exchanges)
        }
        reset()
    }
}
