/// NATS's client protocol, with headers (https://docs.nats.io/reference/reference-protocols/nats-protocol).
///
/// Exchanges: `publish` of the client and `deliver` of the server, which nobody answers unless the client asked for it
/// (`verbose`); `connect` when it is refused; `error` of the server where it refuses anything else. Fields:
/// ``FieldKey/destination`` (the subject), ``FieldKey/conversationID`` (where answers are to go), ``FieldKey/consumerGroup``
/// (the queue group, where the subscription was seen), ``FieldKey/messageID`` (`Nats-Msg-Id`), the headers that
/// ``HeaderSelection`` names from ``Carrier/messageMetadata``, and ``FieldKey/errorCode``. The status of a message of the
/// server's own is the exchange's; one that no subscriber has got (503) has failed.
///
/// When bytes are missing anywhere but in a message's payload, a line is looked for at the start of each record.
struct NATSParser: ProtocolParser {
    static let identity = ApplicationProtocol.nats
    /// Lines in a row that were none before the connection is given up.
    private static let patience = 3
    /// Most lines of a verbose client's that wait to be acknowledged.
    static let mostOwed = 1024

    private var request: NATSDirection
    private var response: NATSDirection
    /// The groups of the client's subscriptions.
    var groups = NATSGroups()
    /// A log-in that has not been seen to be accepted.
    var login = ExchangeHandle.none
    /// Whether the server acknowledges each line of the client's.
    var isVerbose = false
    /// What it has not acknowledged, in order.
    var owed: ContiguousArray<ExchangeHandle> = []
    private var failures = 0
    private var hasSucceeded = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        NATSSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        request = NATSDirection(atStart: side == .requester || atBeginning.requester)
        response = NATSDirection(atStart: side == .responder || atBeginning.responder)
    }

    /// The direction of a side.
    subscript(side: Side) -> NATSDirection {
        @inline(__always) get { side == .requester ? request : response }
        @inline(__always) _modify { if side == .requester { yield &request } else { yield &response } }
    }

    func isReady(for side: Side) -> Bool {
        // An acknowledgement belongs behind what it acknowledges.
        side == .requester || !isVerbose || !owed.isEmpty || !response.cutter.isAtStart
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if self[side].cutter.isLost || self[side].isTentative, chunk.startsRecord,
            NATSSignature.begins(chunk.bytes, from: side)
        {
            self[side].cutter.restart(in: &exchanges)
            self[side].isBehindGap = false
            self[side].isTentative = true
            self[side].scanned = 0
        }
        if side == .requester, request.cutter.isAtStart, chunk.bytes.count > 1, chunk.bytes[0] == 0x16,
            chunk.bytes[1] == 3
        {
            // The server asked for TLS.
            exchanges.surrender = .changed(to: .tls, left: chunk.bytes.count)
            return
        }
        cut(chunk, from: side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        self[side].cutter.skip(count)
        self[side].isBehindGap = true
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        cut(StreamBytes(bytes: none, offset: 0, startsRecord: false, endsRecord: false), from: side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) { abandoned(in: &exchanges) }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        request.cutter.lose(in: &exchanges)
        response.cutter.lose(in: &exchanges)
        groups.removeAll(in: &exchanges)
        owed.removeAll()
    }

    private mutating func cut(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        var bytes = chunk.bytes
        var scanned = self[side].scanned
        defer { self[side].scanned = scanned }
        while exchanges.surrender == nil {
            let offset = chunk.offset &+ UInt64(chunk.bytes.count - bytes.count)
            let event = self[side].cutter.next(&bytes, at: offset, in: &exchanges) {
                NATSLine.measure($0, scanned: &scanned)
            }
            switch event {
            case .more: return
            case .head(let head):
                scanned = 0
                began(head, from: side, in: &exchanges)
            case .end:
                self[side].isBehindGap = false
                ended(side, in: &exchanges)
            case .lost:
                scanned = 0
                lost(side, in: &exchanges)
            }
        }
    }

    private mutating func began(_ head: MessageCutter.Head, from side: Side, in exchanges: inout ExchangeTable) {
        guard let end = head.bytes.firstIndex(of: 0x0A), let line = NATSLine(head.bytes, end: end + 1) else { return }
        guard line.verb.sender.map({ $0 == side }) ?? true else {
            if !hasSucceeded { exchanges.surrender = .mistaken }
            self[side].cutter.lose(in: &exchanges)
            return lost(side, in: &exchanges)
        }
        hasSucceeded = true
        self[side].isTentative = false
        failures = 0
        if side == .requester { asked(line, head, in: &exchanges) } else { said(line, head, in: &exchanges) }
    }

    private mutating func lost(_ side: Side, in exchanges: inout ExchangeTable) {
        if self[side].isTentative {
            // No line began there; nothing is known of it that was not known before.
            self[side].isTentative = false
            return
        }
        if !self[side].isBehindGap {
            exchanges.count(.malformed)
            failures += 1
            if failures >= NATSParser.patience || !hasSucceeded {
                if exchanges.surrender == nil { exchanges.surrender = .unrecognised }
                return
            }
        }
        if self[side].payload != nil {
            self[side].payload = Exchange.unknownLength
            ended(side, in: &exchanges)
        }
        // What acknowledges what is not known any more.
        isVerbose = false
        for handle in owed where handle != login { exchanges.close(handle, .cutOff) }
        owed.removeAll(keepingCapacity: true)
        exchanges.passOver(login)
        login = .none
    }
}
