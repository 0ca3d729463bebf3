// Messages behind their lengths.
extension DNSParser {
    mutating func beginStreams(in exchanges: inout ExchangeTable) {
        guard streams == nil else { return }
        // Messages are short, and of many that come in one call each is wanted.
        exchanges.want(.everything, of: .requester)
        exchanges.want(.everything, of: .responder)
        let limit = DNSParser.limit + DNSSignature.prefix
        streams = Streams(
            requests: MessageCutter(atStart: atStart.requester, limit: limit),
            responses: MessageCutter(atStart: atStart.responder, limit: limit))
    }

    func isLost(_ side: Side) -> Bool {
        (side == .requester ? streams?.requests.isLost : streams?.responses.isLost) ?? false
    }

    /// Where the place of a side is lost or in doubt: takes a record that may begin with a message for one that does.
    mutating func seek(_ bytes: UnsafeRawBufferPointer, from side: Side, in exchanges: inout ExchangeTable) {
        let isOnTrial = side == .requester ? streams?.isOnTrial.requester : streams?.isOnTrial.responder
        guard isLost(side) || isOnTrial == true else { return }
        let hint = RecognitionHint(
            recordLength: UInt64(bytes.count), isFirst: false, isOpening: false, senderPort: 0, receiverPort: 0,
            isFromOpener: nil)
        switch DNSSignature.recognise(bytes, hint) {
        case .yes(side): break
        case .maybe where isLost(side): break
        case .yes, .maybe, .no: return
        }
        if side == .requester {
            streams?.requests.restart(in: &exchanges)
            streams?.isOnTrial.requester = true
        } else {
            streams?.responses.restart(in: &exchanges)
            streams?.isOnTrial.responder = true
        }
    }

    mutating func cut(
        _ bytes: UnsafeRawBufferPointer, at offset: UInt64, from side: Side, in exchanges: inout ExchangeTable
    ) {
        var rest = bytes
        while true {
            let place = offset &+ UInt64(bytes.count - rest.count)
            let event =
                side == .requester
                ? streams?.requests.next(&rest, at: place, in: &exchanges) { DNSParser.measure($0, isResponse: false) }
                : streams?.responses.next(&rest, at: place, in: &exchanges) { DNSParser.measure($0, isResponse: true) }
            switch event {
            case .head(let head):
                if side == .requester { begin(head, in: &exchanges) } else { respond(head, in: &exchanges) }
                if exchanges.surrender != nil { return }
            case .end:
                if side == .requester { endRequest(in: &exchanges) } else { endResponse(in: &exchanges) }
            case .lost:
                lost(side, in: &exchanges)
                return
            case .more, nil:
                moved(side, in: &exchanges)
                return
            }
        }
    }

    /// A message's length, if its header is that of a message of this side: what was cut in the middle must not be
    /// believed for long.
    private static func measure(_ bytes: UnsafeRawBufferPointer, isResponse: Bool) -> MessageLength {
        guard bytes.count >= DNSSignature.prefix else { return .needs(DNSSignature.prefix) }
        let length = Int(bytes.big16(0))
        guard length >= DNSHeader.length else { return .invalid }
        guard let header = DNSHeader(bytes.from(DNSSignature.prefix)) else {
            return .needs(DNSSignature.prefix + DNSHeader.length)
        }
        guard header.isResponse == isResponse, header.isPlausible || (isResponse && header.questions == 0) else {
            return .invalid
        }
        return .total(UInt64(length + DNSSignature.prefix))
    }

    private mutating func begin(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        streams?.isOnTrial.requester = false
        let message = head.bytes.from(DNSSignature.prefix)
        guard let header = DNSHeader(message) else { return exchanges.count(.malformed) }
        let handle = ask(header, message, offset: head.offset, at: head.start, in: &exchanges)
        streams?.asked = handle
    }

    private mutating func respond(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        streams?.isOnTrial.responder = false
        let message = head.bytes.from(DNSSignature.prefix)
        guard let header = DNSHeader(message) else { return exchanges.count(.malformed) }
        let (handle, isLast) = answer(header, message, at: head.start, in: &exchanges)
        streams?.answered = handle
        streams?.isLast = isLast
    }

    private mutating func endRequest(in exchanges: inout ExchangeTable) {
        moved(.requester, in: &exchanges)
        exchanges.endRequest(streams?.asked ?? .none)
        streams?.asked = .none
    }

    private mutating func endResponse(in exchanges: inout ExchangeTable) {
        moved(.responder, in: &exchanges)
        if streams?.isLast == true { exchanges.endResponse(streams?.answered ?? .none) }
        streams?.answered = .none
        hasSucceeded = true
    }

    /// What is under way goes on with the bytes at hand.
    private func moved(_ side: Side, in exchanges: inout ExchangeTable) {
        guard let streams else { return }
        if side == .requester {
            exchanges.requestMoved(streams.asked)
        } else {
            exchanges.responseMoved(streams.answered)
        }
    }

    /// A side's place is lost: by missing bytes, or since this is no DNS.
    private mutating func lost(_ side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester {
            streams?.requests.lose(in: &exchanges)
            streams?.asked = .none
        } else {
            streams?.responses.lose(in: &exchanges)
            streams?.answered = .none
            streams?.hasMissed = true
        }
        failures += 1
        exchanges.count(.malformed)
        guard failures >= (hasSucceeded ? 4 * DNSParser.mostFailures : DNSParser.mostFailures) else { return }
        exchanges.surrender = .unrecognised
    }
}
