/// HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112).
///
/// Fields: ``FieldKey/method``, ``FieldKey/target``, ``FieldKey/version``, ``FieldKey/authority`` (`Host`),
/// ``FieldKey/userAgent``, ``FieldKey/contentType``, and the request's headers that ``HeaderSelection`` names, of the
/// response's those that are contexts or request ids.
///
/// An upgrade to WebSocket stays one exchange until it is closed, with the messages of both sides counted, and so does a
/// stream of events. What a CONNECT opens is recognised anew.
///
/// A head is read line by line; only a line that is split over calls is kept, so a head may be of any length. Bodies are
/// followed by their lengths. What the rules of this parser are when bytes are missing:
///
/// - inside a body of known length or chunk: nothing is lost;
/// - inside a chunked body's framing: the body ends where a record ends with the last chunk, or else with the next
///   message (then the exchange is cut off);
/// - inside a head: what is known of it is used, and when the record ends with an empty line that is the head's end;
/// - anywhere else: a message is looked for at the start of each record, and exchanges whose response may have been
///   missed are cut off. Clients that send a request only after the response to the one before (nearly all) are followed
///   again from their next request on; on a connection that was seen to pipeline, once nothing is owed any more or it
///   rested for ``rest``.
struct HTTP1Parser: ProtocolParser {
    static let identity = ApplicationProtocol.http1
    /// A pipelined connection on which nothing moved for so long is taken to have no response under way, ns.
    static let rest: UInt64 = 1_000_000_000
    /// So many requests in a row that waited for the response before them tell a client that always does.
    static let politeness = 4
    /// Messages in a row that were none before the connection is given up, when none was right before.
    static let patience = 3
    /// Bodies of which more than this is to come are not copied by the kernel, bytes.
    static let longBody: UInt64 = 64 << 10

    /// The requester's direction.
    var request: HTTP1Direction
    /// The responder's direction.
    var response: HTTP1Direction
    /// How many requests began; the next one's key.
    var nextRequest: UInt64 = 0
    /// The key of the request whose response comes next.
    var nextResponse: UInt64 = 0
    /// Whether the two tell which response belongs to which request.
    var isPaired = true
    /// Whether that is more than a presumption: the connection was seen from its beginning, or all was answered since.
    var isConfirmed: Bool
    /// Requests in a row that began when all before them had been answered.
    var politeRequests = 0
    /// Whether the requester was seen to send requests without waiting for responses.
    var pipelines = false
    /// Responses that may still come for requests that were given up.
    var owed: UInt64 = 0
    /// Messages in a row that were none.
    var failures = 0
    /// Whether a response has found its request.
    var hasSucceeded = false
    /// When bytes moved last, ns.
    var lastTime: UInt64 = 0
    /// The record in which the last request began.
    var lastRequestRecord: UInt64 = 0
    /// When the last request began, ns.
    var lastRequestTime: UInt64 = 0

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        HTTP1Signature.recognise(bytes)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        request = HTTP1Direction(atStart: side == .requester || atBeginning.requester)
        response = HTTP1Direction(atStart: side == .responder || atBeginning.responder)
        isConfirmed = atBeginning.requester && atBeginning.responder
    }

    /// The direction of a side.
    subscript(side: Side) -> HTTP1Direction {
        @inline(__always) get { side == .requester ? request : response }
        @inline(__always) _modify { if side == .requester { yield &request } else { yield &response } }
    }

    func isReady(for side: Side) -> Bool {
        // On a connection that was joined it may answer a request that nobody saw; waiting would give it to the next.
        guard side == .responder, isPaired, isConfirmed, nextResponse >= nextRequest else { return true }
        return switch response.state {
        case .start: false
        case .seeking: response.hasSkipped
        default: true
        }
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        var bytes = chunk.bytes
        while !bytes.isEmpty, exchanges.surrender == nil {
            take(&bytes, of: chunk, from: side, in: &exchanges)
        }
        lastTime = exchanges.context.point.time
    }

    mutating func closed(in exchanges: inout ExchangeTable) {
        switch response.state {
        case .untilClose, .frames:
            exchanges.endRequest(response.handle)
            exchanges.endResponse(response.handle)
        default: break
        }
        abandoned(in: &exchanges)
    }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        request.buffer.clear(in: &exchanges)
        response.buffer.clear(in: &exchanges)
    }

    /// Takes what belongs together off the front of `bytes`: at least one of them.
    private mutating func take(
        _ bytes: inout UnsafeRawBufferPointer, of chunk: StreamBytes, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        let isStart = chunk.startsRecord && bytes.count == chunk.bytes.count
        switch self[side].state {
        case .seeking:
            seek(&bytes, isStart: isStart, from: side, in: &exchanges)
        case .start:
            begin(&bytes, of: chunk, from: side, in: &exchanges)
        case .head:
            head(&bytes, of: chunk, from: side, in: &exchanges)
        case .headGap:
            headBehindGap(&bytes, of: chunk, from: side, in: &exchanges)
        case .fixed(let remaining):
            let count = min(remaining, UInt64(bytes.count))
            let part = UnsafeRawBufferPointer(rebasing: bytes[..<Int(count)])
            if side == .responder {
                counted(part, in: &exchanges)
            } else {
                addValues(part, count < remaining, in: &exchanges)
            }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[Int(count)...])
            moved(side, body: count, in: &exchanges)
            if count == remaining {
                endMessage(side, in: &exchanges)
            } else {
                self[side].state = .fixed(remaining - count)
            }
        case .chunked(var framing):
            let step = framing.take(&bytes) {
                if side == .responder { counted($0, in: &exchanges) } else { addValues($0, true, in: &exchanges) }
            }
            self[side].state = .chunked(framing)
            switch step {
            case .more(let data): moved(side, body: data, in: &exchanges)
            case .ended(let data):
                moved(side, body: data, in: &exchanges)
                endMessage(side, in: &exchanges)
            case .malformed:
                exchanges.count(.malformed)
                lose(side, in: &exchanges)
            }
        case .chunkedLost(let last):
            chunkedLost(&bytes, last, of: chunk, isStart: isStart, from: side, in: &exchanges)
        case .untilClose:
            counted(bytes, in: &exchanges)
            moved(side, body: UInt64(bytes.count), in: &exchanges)
            bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
        case .frames(let framing):
            var next = framing
            framed(next.take(bytes), next, framing, from: side, in: &exchanges)
            bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
        case .offered:
            request.hasSkipped = true
            bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
        }
    }

    /// The first bytes of a request's body; what comes in further calls is passed over.
    private mutating func addValues(_ bytes: UnsafeRawBufferPointer, _ isCut: Bool, in exchanges: inout ExchangeTable) {
        guard request.awaitsBody, !bytes.isEmpty else { return }
        request.awaitsBody = false
        if request.isEncoded { return }
        exchanges.addValues(body: bytes, request.bodyKind, isCut: isCut, to: request.handle)
    }

    /// Looks for a message at the start of a record; passes over everything else.
    private mutating func seek(
        _ bytes: inout UnsafeRawBufferPointer, isStart: Bool, from side: Side, in exchanges: inout ExchangeTable
    ) {
        if isStart {
            let message = HTTP1Signature.withoutEmptyLines(bytes)
            let asRequest = HTTP1Signature.request(message)
            let asResponse = HTTP1Signature.response(message)
            if (side == .requester ? asRequest : asResponse) != .no {
                self[side].state = .start
                self[side].isTentative = true
                return
            }
            if !hasSucceeded, (side == .requester ? asResponse : asRequest) == .yes {
                exchanges.surrender = .mistaken
                return
            }
        }
        self[side].hasSkipped = true
        moved(side, body: 0, in: &exchanges)
        bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
    }

    /// Begins a message.
    private mutating func begin(
        _ bytes: inout UnsafeRawBufferPointer, of chunk: StreamBytes, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        // Empty lines before a message are passed over (RFC 9112, 2.2).
        bytes = HTTP1Signature.withoutEmptyLines(bytes)
        guard !bytes.isEmpty else { return }
        let verdict =
            side == .requester
            ? HTTP1Signature.request(bytes, anyMethod: !request.isTentative) : HTTP1Signature.response(bytes)
        guard verdict != .no else { return fail(side, in: &exchanges) }
        self[side].state = .head
        self[side].lines = 0
        self[side].framing = BodyFraming()
        self[side].upgrade = .none
        self[side].isEventStream = false
        self[side].isEncoded = false
        self[side].bodyKind = .unknown
        self[side].awaitsBody = false
        self[side].start = exchanges.context.point
        if side == .requester {
            let offset = chunk.offset &+ UInt64(chunk.bytes.count - bytes.count)
            request.handle = exchanges.begin(key: nextRequest, offset: offset)
        } else {
            response.handle = .none
        }
    }

    /// Follows a chunked body whose framing was lost.
    private mutating func chunkedLost(
        _ bytes: inout UnsafeRawBufferPointer, _ last: UInt64, of chunk: StreamBytes, isStart: Bool, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        if isStart {
            let isNext =
                side == .requester
                ? HTTP1Signature.request(bytes) == .yes
                : HTTP1Signature.response(bytes) == .yes && exchanges.unanswered().count > 1
            if isNext { return lose(side, in: &exchanges) }
        }
        moved(side, body: Exchange.unknownLength, in: &exchanges)
        missedEvents(side, in: &exchanges)
        var last = last
        for byte in bytes.suffix(8) { last = last << 8 | UInt64(byte) }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
        // The last chunk: CR LF 0 CR LF CR LF.
        if chunk.endsRecord, last & 0xFF_FFFF_FFFF_FFFF == 0x0D_0A30_0D0A_0D0A {
            endMessage(side, in: &exchanges)
        } else {
            self[side].state = .chunkedLost(last)
        }
    }
}
