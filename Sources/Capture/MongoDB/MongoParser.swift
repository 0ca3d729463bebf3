/// MongoDB's wire protocol: OP_MSG, what came before it, and OP_COMPRESSED, which is recognised and not read
/// (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/).
///
/// Fields: ``FieldKey/method`` (the command), ``FieldKey/collection``, ``FieldKey/namespace`` (the database),
/// ``FieldKey/batchSize`` (documents or operations of the command), ``FieldKey/errorCode`` (a number),
/// ``FieldKey/compression``.
///
/// A request is answered by the message that names its number. When more answers follow (exhaust), each names the one
/// before it, and all belong to the request. What is known of a document is read, the rest of a message is passed over.
struct MongoParser: ProtocolParser {
    static let identity = ApplicationProtocol.mongodb
    /// Bytes of a message that are kept where it is cut over several calls.
    private static let limit = 4096
    /// Messages in a row that were none after which it was something else.
    private static let patience = 4
    /// Notes of exchanges: of interest only if it fails, or compressed so that this cannot be told.
    private static let (silentNote, compressedNote): (UInt8, UInt8) = (1, 2)

    private var requests: MessageCutter
    private var replies: MessageCutter
    var request = ExchangeHandle.none
    private var isOneWay = false
    private var reply = ExchangeHandle.none
    private var moreToCome = false
    /// The exchange that more answers belong to, and the number of the last one.
    private var streaming: (handle: ExchangeHandle, after: UInt32)?
    /// The number of the last answer.
    private var lastReply: UInt32 = 0
    /// How many requests wait for an answer.
    private var awaited = 0
    /// Whether a side's message is taken for one whose beginning says too little.
    private var isGuess = (requester: false, responder: false)
    private let isFromBeginning: Bool
    private var failures = 0
    private var hasSucceeded = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        MongoSignature.recognise(bytes, recordLength: hint.recordLength)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        isFromBeginning = atBeginning.requester && atBeginning.responder
        requests = MessageCutter(atStart: side == .requester || atBeginning.requester, limit: MongoParser.limit)
        replies = MessageCutter(atStart: side == .responder || atBeginning.responder, limit: MongoParser.limit)
    }

    func isReady(for side: Side) -> Bool {
        side == .requester || !isFromBeginning || !replies.isAtStart || awaited > 0
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if chunk.startsRecord { seek(chunk.bytes, side, in: &exchanges) }
        take(chunk.bytes, from: chunk.offset, side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester { requests.skip(count) } else { replies.skip(count) }
        take(UnsafeRawBufferPointer(start: nil, count: 0), from: 0, side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) { abandoned(in: &exchanges) }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        requests.lose(in: &exchanges)
        replies.lose(in: &exchanges)
    }

    /// A side that has lost its place finds it where a record begins as a message does. One that is too short to tell is
    /// believed until the next.
    private mutating func seek(_ bytes: UnsafeRawBufferPointer, _ side: Side, in exchanges: inout ExchangeTable) {
        let isGuess =
            side == .requester ? isGuess.requester && requests.isGathering : isGuess.responder && replies.isGathering
        guard isGuess || (side == .requester ? requests.isLost : replies.isLost) else { return }
        let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(ParserTable.signatureLength))
        let verdict = MongoSignature.recognise(start)
        guard verdict == .yes(side) || (verdict == .maybe && !isGuess) else { return }
        if side == .requester {
            requests.restart(in: &exchanges)
            self.isGuess.requester = verdict == .maybe
        } else {
            replies.restart(in: &exchanges)
            self.isGuess.responder = verdict == .maybe
        }
    }

    private mutating func take(
        _ bytes: UnsafeRawBufferPointer, from offset: UInt64, _ side: Side, in exchanges: inout ExchangeTable
    ) {
        var rest = bytes
        while exchanges.surrender == nil {
            let place = offset &+ UInt64(bytes.count - rest.count)
            let event =
                side == .requester
                ? requests.next(&rest, at: place, in: &exchanges, MongoParser.length)
                : replies.next(&rest, at: place, in: &exchanges, MongoParser.length)
            switch event {
            case .more:
                if side == .requester { exchanges.requestMoved(request) } else { exchanges.responseMoved(reply) }
                return
            case .head(let head):
                if side == .requester { begin(head, in: &exchanges) } else { answer(head, in: &exchanges) }
            case .end:
                if side == .requester { endRequest(in: &exchanges) } else { endReply(in: &exchanges) }
            case .lost: lose(side, in: &exchanges)
            }
        }
    }

    private static func length(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        guard bytes.count >= MongoHeader.size else { return .needs(MongoHeader.size) }
        return MongoHeader(bytes).map { .total(UInt64($0.length)) } ?? .invalid
    }

    // MARK: Requests

    private mutating func begin(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        guard let header = MongoHeader(head.bytes) else { return }
        guard header.responseTo == 0, header.kind != .reply else {
            if !hasSucceeded { exchanges.surrender = .mistaken }
            return
        }
        request = exchanges.begin(key: UInt64(header.requestID), offset: head.offset, at: head.start)
        let says = MongoRequest(header, head.bytes)
        isOneWay = says.isOneWay
        if !says.name.isEmpty { exchanges.add(.method, .requestHeader, value: says.name, to: request) }
        if !says.collection.isEmpty { exchanges.add(.collection, .requestHeader, value: says.collection, to: request) }
        if !says.database.isEmpty { exchanges.add(.namespace, .requestHeader, value: says.database, to: request) }
        if let batch = says.batch { exchanges.add(.batchSize, .requestHeader, number: batch, to: request) }
        if header.kind == .compressed {
            exchanges.setNote(MongoParser.compressedNote, of: request)
            if let compressor = says.compressor {
                let name = MongoParser.compressorName(compressor)
                exchanges.add(
                    .compression, .requestHeader,
                    value: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), to: request)
            }
        }
        if says.isSilent {
            exchanges.setNote(MongoParser.silentNote, of: request)
            exchanges.setSilent(request)
        } else {
            if exchanges.values.isOn { addValues(header, head.bytes, in: &exchanges) }
            exchanges.open(request)
        }
        exchanges.requestMoved(request, body: head.length)
    }

    private mutating func endRequest(in exchanges: inout ExchangeTable) {
        exchanges.endRequest(request)
        if isOneWay { exchanges.endResponse(request) } else if request != .none { awaited += 1 }
        request = .none
    }

    private static func compressorName(_ number: UInt8) -> StaticString {
        switch number {
        case 0: "noop"
        case 1: "snappy"
        case 2: "zlib"
        case 3: "zstd"
        default: "unknown"
        }
    }

    // MARK: Replies

    private mutating func answer(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        guard let header = MongoHeader(head.bytes) else { return }
        guard header.responseTo != 0 || header.kind == .reply else {
            if !hasSucceeded { exchanges.surrender = .mistaken }
            return
        }
        defer { lastReply = header.requestID }
        if let streaming, streaming.after == header.responseTo {
            reply = streaming.handle
        } else {
            reply = exchanges.find(key: UInt64(header.responseTo))
        }
        streaming = nil
        guard reply != .none else {
            // Of a compressed answer it cannot be told whether more follow.
            if header.responseTo != lastReply { exchanges.count(.orphanResponse) }
            return
        }
        hasSucceeded = true
        failures = 0
        endCompressed(before: reply, in: &exchanges)
        let says = MongoReply(header, head.bytes)
        moreToCome = says.moreToCome
        if moreToCome { streaming = (reply, header.requestID) }
        let isSilent = exchanges.note(of: reply) == MongoParser.silentNote
        if !isSilent || says.hasFailed { exchanges.beginResponse(reply, at: head.start) }
        if says.hasFailed {
            exchanges.setFailed(reply)
            if let code = says.code, code >= 0 {
                exchanges.add(.errorCode, .responseHeader, number: UInt64(code), to: reply)
            }
        }
        exchanges.responseMoved(reply, body: head.length)
        exchanges.countMessages(1, from: .responder, of: reply)
    }

    private mutating func endReply(in exchanges: inout ExchangeTable) {
        defer { reply = .none }
        guard reply != .none, !moreToCome else { return }
        if awaited > 0 { awaited -= 1 }
        if exchanges.note(of: reply) == MongoParser.silentNote, !exchanges.isOpen(reply) {
            exchanges.passOver(reply)
        } else {
            exchanges.endResponse(reply)
        }
    }

    /// A client uses a connection for one request at a time: compressed ones that have no answer when a later one is
    /// answered wanted none.
    private mutating func endCompressed(before handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        while case let first = exchanges.firstUnanswered(), first != handle, first != .none,
            exchanges.note(of: first) == MongoParser.compressedNote
        {
            exchanges.endRequest(first)
            exchanges.endResponse(first)
            if awaited > 0 { awaited -= 1 }
        }
    }

    // MARK: Loss

    private mutating func lose(_ side: Side, in exchanges: inout ExchangeTable) {
        exchanges.count(.malformed)
        failures += 1
        if failures >= MongoParser.patience { exchanges.surrender = .unrecognised }
        if side == .requester {
            exchanges.endRequest(request)
            request = .none
            return
        }
        // What was missed may have been their answers.
        while case let first = exchanges.firstUnanswered(), first != .none, first != request {
            exchanges.close(first, .cutOff)
        }
        (reply, streaming, awaited) = (.none, nil, 0)
    }
}
