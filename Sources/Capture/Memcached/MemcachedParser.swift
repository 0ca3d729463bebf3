/// Memcached: its text protocol, the meta commands in it, and its binary protocol.
///
/// Fields: ``FieldKey/method`` (`get`, `mg`; a binary operation by the text protocol's name), ``FieldKey/statement``
/// (command and keys, everything else `?`), ``FieldKey/errorCode`` (`CLIENT_ERROR`; a number in the binary protocol).
///
/// Answers come in the order of the requests. Quiet requests are answered only if there is something to say: such a one is
/// complete when a later one is answered, or the connection ends. Which of several quiet requests an answer belongs to is
/// told by the client's own mark (flag `O`, opaque) or not at all. A miss is not an error. Log-in, `noop` and the like are
/// silent unless they fail.
struct MemcachedParser: ProtocolParser {
    static let identity = ApplicationProtocol.memcached
    /// Messages in a row that were none, before anything was right, after which it was something else.
    private static let patience = 3
    /// Likewise when something had been right.
    private static let longPatience = 16
    /// Bytes of a binary message that are kept: header, extras, and the longest key.
    static let headLimit = MemcachedHeader.size + 20 + 250

    /// Whether it is the binary protocol; nil while that is not known.
    var isBinary: Bool?
    /// The text of each side.
    var text: (requests: MemcachedReader, replies: MemcachedReader)
    /// The messages of each side.
    var messages: (requests: MessageCutter, replies: MessageCutter)
    /// Whose answer is whose.
    var pairing: InOrderPairing
    /// Requests that wait for their answers.
    var waiting = MemcachedQueue()
    /// The offset behind the last byte of each side.
    var position: (requester: UInt64, responder: UInt64) = (0, 0)

    /// The first byte of the message that is coming, of each side: its offset, and where it moved.
    var requestStart: (offset: UInt64, point: ExecutionPoint) = (0, ExecutionPoint(time: 0))
    var replyStart: (offset: UInt64, point: ExecutionPoint) = (0, ExecutionPoint(time: 0))
    /// The request that is coming.
    var request = MemcachedQueue.Entry(handle: .none, opaque: 0, kind: 0, isQuiet: false, isSilent: false)
    /// Whether a request is coming, and whether nobody answers it.
    var (isInRequest, isOneWay) = (false, false)
    /// The answer that is coming, if one is.
    var reply: MemcachedQueue.Entry?
    /// Whether an answer of several lines or messages is coming, whosever it is.
    var isInReply = false
    /// Whether it ends with the value that follows.
    var endsWithValue = false
    /// What the statement is put together in.
    let statement = KeptBytes()
    private var reserved = 0

    /// The side whose bytes told the protocol.
    private let recognised: Side
    /// Whether nothing of the connection was missed before its first byte.
    let isFromBeginning: Bool
    /// Whether all bytes were asked for.
    private var hasAsked = false
    private var failures = 0
    private var hasSucceeded = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        MemcachedSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        recognised = side
        isFromBeginning = atBeginning.requester && atBeginning.responder
        let starts = (side == .requester || atBeginning.requester, side == .responder || atBeginning.responder)
        text = (MemcachedReader(atStart: starts.0), MemcachedReader(atStart: starts.1))
        messages = (
            MessageCutter(atStart: starts.0, limit: MemcachedParser.headLimit),
            MessageCutter(atStart: starts.1, limit: MemcachedParser.headLimit)
        )
        pairing = InOrderPairing(atBeginning: isFromBeginning)
    }

    func isReady(for side: Side) -> Bool {
        guard side == .responder, isFromBeginning, !isInReply, let isBinary else { return true }
        guard isBinary ? messages.replies.isAtStart : text.replies.isAtLine else { return true }
        return !pairing.expectsNothing
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if !hasAsked {
            // Many values come by one call: what is left out in its middle has the lengths of some in it.
            hasAsked = true
            exchanges.want(.everything, of: .requester)
            exchanges.want(.everything, of: .responder)
        }
        if isBinary == nil {
            // What came before the side that was recognised is the rest of something.
            guard side == recognised, let first = chunk.bytes.first else { return }
            isBinary = first == MemcachedHeader.request || first == MemcachedHeader.response
        }
        if side == .requester { position.requester = chunk.offset } else { position.responder = chunk.offset }
        if chunk.startsRecord { seek(chunk.bytes, side, in: &exchanges) }
        take(chunk.bytes, side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        switch (isBinary ?? false, side) {
        case (true, .requester): messages.requests.skip(count)
        case (true, .responder): messages.replies.skip(count)
        case (false, .requester): text.requests.skip(count)
        case (false, .responder): text.replies.skip(count)
        }
        if side == .requester { position.requester &+= count } else { position.responder &+= count }
        take(UnsafeRawBufferPointer(start: nil, count: 0), side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) {
        while let first = waiting.first {
            // Nothing was to be said of it.
            if first.isQuiet, first.handle != request.handle || !isInRequest { exchanges.endResponse(first.handle) }
            waiting.removeFirst(in: &exchanges)
        }
        abandoned(in: &exchanges)
    }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        text.requests.lose(in: &exchanges)
        text.replies.lose(in: &exchanges)
        messages.requests.lose(in: &exchanges)
        messages.replies.lose(in: &exchanges)
        waiting.clear(in: &exchanges)
        clearStatement(in: &exchanges)
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, _ side: Side, in exchanges: inout ExchangeTable) {
        var rest = bytes
        let isBinary = isBinary ?? false
        if side == .requester {
            while exchanges.surrender == nil,
                isBinary ? binaryRequest(&rest, in: &exchanges) : textRequest(&rest, in: &exchanges)
            {}
            if isInRequest { exchanges.requestMoved(request.handle) }
        } else {
            while exchanges.surrender == nil,
                isBinary ? binaryReply(&rest, in: &exchanges) : textReply(&rest, in: &exchanges)
            {}
            if let reply { exchanges.responseMoved(reply.handle) }
        }
    }

    /// A side that has lost its place finds it where a record begins as a message does.
    private mutating func seek(_ bytes: UnsafeRawBufferPointer, _ side: Side, in exchanges: inout ExchangeTable) {
        if isBinary == true {
            guard side == .requester ? messages.requests.isLost : messages.replies.isLost else { return }
            let first = side == .requester ? MemcachedHeader.request : MemcachedHeader.response
            guard bytes[0] == first, bytes.count < MemcachedHeader.size || MemcachedHeader(bytes) != nil else { return }
            if side == .requester {
                messages.requests.restart(in: &exchanges)
            } else {
                messages.replies.restart(in: &exchanges)
            }
        } else {
            guard side == .requester ? text.requests.isLost : text.replies.isLost else { return }
            guard MemcachedSignature.begins(side, bytes) else { return }
            if side == .requester {
                text.requests.restart(in: &exchanges)
            } else {
                text.replies.restart(in: &exchanges)
            }
        }
    }

    // MARK: What both protocols do

    /// A request's head is known.
    mutating func begin(
        kind: UInt8, opaque: UInt64, key: UInt64 = 0, isQuiet: Bool, isSilent: Bool, isOneWay: Bool,
        in exchanges: inout ExchangeTable
    ) {
        let handle = pairing.begin(offset: requestStart.offset, at: requestStart.point, in: &exchanges)
        request = MemcachedQueue.Entry(
            handle: handle, opaque: opaque, key: key, kind: kind, isQuiet: isQuiet, isSilent: isSilent)
        self.isOneWay = isOneWay
        isInRequest = true
        if isSilent { exchanges.setSilent(handle) }
        guard !isOneWay, handle != .none, !waiting.append(request, in: &exchanges) else { return }
        exchanges.passOver(handle)
        pairing.lostRequests()
    }

    /// A request's last byte has come.
    mutating func endRequest(in exchanges: inout ExchangeTable) {
        isInRequest = false
        let handle = request.handle
        exchanges.requestMoved(handle, body: position.requester &- requestStart.offset)
        exchanges.endRequest(handle)
        guard isOneWay, handle != .none else { return }
        pairing.withdrawn()
        if request.isSilent { exchanges.passOver(handle) } else { exchanges.endResponse(handle) }
    }

    /// An answer begins: whose it is.
    ///
    /// - Parameters:
    ///   - isTold: whether it says itself what it is an answer to, so that no other can be meant.
    ///   - isOf: whether it could be an entry's.
    mutating func beginReply(
        isTold: Bool = false, in exchanges: inout ExchangeTable, isOf: (MemcachedQueue.Entry) -> Bool
    ) {
        reply = nil
        while let first = waiting.first {
            guard exchanges.key(of: first.handle) != nil else {
                waiting.removeFirst(in: &exchanges)
                continue
            }
            if isOf(first) {
                guard isTold || !first.isQuiet || !waiting.isFirstOneOfSeveral else {
                    return exchanges.count(.unpaired)
                }
                _ = pairing.response(in: &exchanges)
                (hasSucceeded, failures) = (true, 0)
                if !first.isSilent { exchanges.beginResponse(first.handle, at: replyStart.point) }
                reply = first
                return
            }
            guard first.isQuiet else { return loseReplies(in: &exchanges) }
            // There was nothing to say.
            exchanges.endResponse(first.handle)
            pairing.answered()
            waiting.removeFirst(in: &exchanges)
        }
        _ = pairing.response(in: &exchanges)
    }

    /// An answer is a failure with this code.
    mutating func fail(_ code: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard let reply else { return }
        if reply.isSilent { exchanges.beginResponse(reply.handle, at: replyStart.point) }
        exchanges.setFailed(reply.handle)
        exchanges.add(.errorCode, .responseHeader, value: code, to: reply.handle)
    }

    /// An answer's last byte has come.
    mutating func endReply(in exchanges: inout ExchangeTable) {
        isInReply = false
        guard let reply else { return }
        self.reply = nil
        exchanges.responseMoved(reply.handle, body: position.responder &- replyStart.offset)
        waiting.removeFirst(in: &exchanges)
        pairing.answered()
        if reply.isSilent, !exchanges.isOpen(reply.handle) {
            exchanges.passOver(reply.handle)
        } else {
            exchanges.endResponse(reply.handle)
        }
    }

    /// The requester's place is lost.
    mutating func loseRequests(in exchanges: inout ExchangeTable) {
        if isInRequest { exchanges.endRequest(request.handle) }
        isInRequest = false
        pairing.lostRequests()
        malformed(in: &exchanges)
    }

    /// The responder's place is lost, or its answers are not what was asked for.
    mutating func loseReplies(in exchanges: inout ExchangeTable) {
        pairing.lostResponses(in: &exchanges)
        waiting.clear(in: &exchanges)
        (reply, isInReply) = (nil, false)
        malformed(in: &exchanges)
    }

    private mutating func malformed(in exchanges: inout ExchangeTable) {
        exchanges.count(.malformed)
        failures += 1
        if failures >= (hasSucceeded ? MemcachedParser.longPatience : MemcachedParser.patience) {
            exchanges.surrender = .unrecognised
        }
    }

    /// A hash of a key, never 0.
    static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        key.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 } | 1
    }

    /// Adds to the statement; false when it is full.
    mutating func say(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        guard statement.count + bytes.count <= 1024, exchanges.reserve(bytes.count) else { return false }
        reserved += bytes.count
        statement.append(bytes)
        return true
    }

    /// Adds a word of ours to the statement.
    mutating func say(_ word: StaticString, in exchanges: inout ExchangeTable) -> Bool {
        say(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount), in: &exchanges)
    }

    /// Forgets the statement.
    mutating func clearStatement(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved)
        reserved = 0
        statement.clear(retaining: 256)
    }
}
