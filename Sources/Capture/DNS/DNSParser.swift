/// DNS (RFC 1035) over UDP and over TCP (RFC 7766): a query and its response are an exchange, known by the message's id
/// and the question that a response repeats, whatever their order.
///
/// Fields: ``FieldKey/questionName``, ``FieldKey/questionType`` (a mnemonic, or `TYPE123`), ``FieldKey/method`` where the
/// operation is no ordinary query (`NOTIFY`, `UPDATE`), ``FieldKey/errorCode`` (the response's code, `NOERROR` too) and
/// ``FieldKey/rows`` (answers) and ``FieldKey/answers`` (their addresses, which is all of them that is handed on). The status is
/// the response's code as a number. Codes above 0 are failures.
///
/// - A query that is repeated before it is answered is an exchange of its own; the one before has no response.
/// - A datagram is a message, and a query in one is given up after ``patience``: nobody waits longer.
/// - Over TCP bytes may be missing: then what is under way may have been answered, which nobody can tell, and the next
///   message is found where a record begins with one.
struct DNSParser: ProtocolParser {
    static let identity = ApplicationProtocol.dns
    /// How long a query in a datagram may be unanswered, ns: resolvers give up, or ask again, after 5 to 10 s.
    static let patience: UInt64 = 30_000_000_000
    /// Most first bytes of a message that are looked at: a question and what fits into an ordinary datagram behind it.
    static let limit = 2048
    /// How often a connection that never made sense may lose its place.
    static let mostFailures = 4

    /// What a TCP connection needs besides.
    struct Streams {
        var requests: MessageCutter
        var responses: MessageCutter
        /// Which exchange the response that is coming is of.
        var answered = ExchangeHandle.none
        /// Whether that one ends with it.
        var isLast = true
        /// Which exchange the request that is coming is.
        var asked = ExchangeHandle.none
        /// Whether requests, and responses, are cut from where they may or may not begin: no header has been seen since.
        var isOnTrial = (requester: false, responder: false)
        /// Whether responses were missed.
        var hasMissed = false
    }

    let atStart: (requester: Bool, responder: Bool)
    var streams: Streams?
    var queries = DNSQueries()
    var failures = 0
    var hasSucceeded = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        DNSSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        atStart = (atBeginning.requester || side == .requester, atBeginning.responder || side == .responder)
    }

    mutating func bytes(_ bytes: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if exchanges.context.isDatagram { return datagram(bytes.bytes, from: side, in: &exchanges) }
        beginStreams(in: &exchanges)
        if bytes.startsRecord { seek(bytes.bytes, from: side, in: &exchanges) }
        cut(bytes.bytes, at: bytes.offset, from: side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        guard !exchanges.context.isDatagram else { return }
        beginStreams(in: &exchanges)
        if side == .requester { streams?.requests.skip(count) } else { streams?.responses.skip(count) }
        cut(UnsafeRawBufferPointer(start: nil, count: 0), at: 0, from: side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) {
        let hasMissed = streams?.hasMissed ?? false
        queries.removeAll { query in
            if query.isTransfer, query.boundaries > 0 {
                // Longer than what is looked at: it lasted until it was over.
                exchanges.endRequest(query.handle)
                exchanges.endResponse(query.handle)
            } else if hasMissed {
                exchanges.close(query.handle, .cutOff)
            }
        }
        abandoned(in: &exchanges)
    }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        streams?.requests.lose(in: &exchanges)
        streams?.responses.lose(in: &exchanges)
    }

    func isReady(for side: Side) -> Bool {
        // What nobody asked for, on a connection known from its beginning, overtook its question.
        guard side == .responder, atStart.requester, atStart.responder, queries.isEmpty, let streams else {
            return true
        }
        return !streams.responses.isAtStart || streams.hasMissed || streams.requests.isLost
    }

    // MARK: Datagrams

    private mutating func datagram(
        _ bytes: UnsafeRawBufferPointer, from side: Side, in exchanges: inout ExchangeTable
    ) {
        let now = exchanges.context.point.time
        queries.removeAll(before: now - min(now, DNSParser.patience)) { exchanges.close($0.handle, .noResponse) }
        guard let header = DNSHeader(bytes), header.isResponse == (side == .responder) else {
            return exchanges.count(.malformed)
        }
        if side == .requester {
            let handle = ask(header, bytes, offset: nil, at: exchanges.context.point, in: &exchanges)
            exchanges.requestMoved(handle)
            exchanges.endRequest(handle)
        } else {
            let (handle, _) = answer(header, bytes, at: exchanges.context.point, in: &exchanges)
            exchanges.responseMoved(handle)
            exchanges.endResponse(handle)
        }
    }
}
