/// Dubbo 2, the TCP protocol of Apache Dubbo: requests and responses that find each other by an id, many under way at once.
/// Heartbeats and other events make no exchange. A server may call its client back over the same connection.
///
/// Fields: ``FieldKey/service`` (the path of the service), ``FieldKey/method``, and the attachments that
/// ``HeaderSelection`` names; where the body is neither Hessian 2 nor lines of JSON, none of them. The status is the
/// protocol's; anything but 20 is a failure, and so is an exception that the method threw, whose class is
/// ``FieldKey/errorCode``.
struct DubboParser: ProtocolParser {
    static let identity = ApplicationProtocol.dubbo
    /// Most first bytes of a message that are gathered.
    private static let headLimit = 8 << 10
    /// Most last bytes of a longer one, where the attachments are.
    private static let tailLimit = 1 << 10
    /// Times that the place was lost before the connection is given up, when nothing was answered before.
    static let patience = 3
    /// Calls of the responder have keys of their own.
    static let pushed: UInt64 = 1 << 63

    private var cutters: (requester: MessageCutter, responder: MessageCutter)
    private let isSure: Bool
    /// The exchanges whose messages are under way.
    private var current = (requester: ExchangeHandle.none, responder: ExchangeHandle.none)
    private var headers: (requester: DubboHeader?, responder: DubboHeader?) = (nil, nil)
    private var hasSucceeded = false
    private var sawRequest = false
    /// Requests of the requester that have not been answered, as far as that is known.
    private var outstanding = 0
    private var failures = 0

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        DubboHeader.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        isSure = atBeginning.requester && atBeginning.responder
        cutters = (
            MessageCutter(
                atStart: side == .requester || atBeginning.requester, limit: DubboParser.headLimit,
                tailLimit: DubboParser.tailLimit),
            MessageCutter(
                atStart: side == .responder || atBeginning.responder, limit: DubboParser.headLimit,
                tailLimit: DubboParser.tailLimit)
        )
    }

    func isReady(for side: Side) -> Bool {
        side == .requester || !isSure || outstanding > 0 || !cutters.responder.isAtStart
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        let isLost = side == .requester ? cutters.requester.isLost : cutters.responder.isLost
        // Where a header is cut, its first bytes will do: it is lost again if they deceive.
        if isLost, chunk.startsRecord, DubboHeader.mayBegin(chunk.bytes) {
            if side == .requester {
                cutters.requester.restart(in: &exchanges)
            } else {
                cutters.responder.restart(in: &exchanges)
            }
        }
        var bytes = chunk.bytes
        cut(&bytes, of: chunk.offset &+ UInt64(chunk.bytes.count), from: side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester { cutters.requester.skip(count) } else { cutters.responder.skip(count) }
        var none = UnsafeRawBufferPointer(start: nil, count: 0)
        cut(&none, of: 0, from: side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) { abandoned(in: &exchanges) }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        cutters.requester.lose(in: &exchanges)
        cutters.responder.lose(in: &exchanges)
    }

    private mutating func cut(
        _ bytes: inout UnsafeRawBufferPointer, of end: UInt64, from side: Side, in exchanges: inout ExchangeTable
    ) {
        while exchanges.surrender == nil {
            let offset = end &- UInt64(bytes.count)
            let event =
                side == .requester
                ? cutters.requester.next(&bytes, at: offset, in: &exchanges, DubboParser.measure)
                : cutters.responder.next(&bytes, at: offset, in: &exchanges, DubboParser.measure)
            switch event {
            case .more: return moved(side, in: &exchanges)
            case .head(let head): begin(head, from: side, in: &exchanges)
            case .end(let tail): self.end(tail, from: side, in: &exchanges)
            case .lost:
                failures += 1
                if !hasSucceeded, failures >= DubboParser.patience { exchanges.surrender = .unrecognised }
                drop(side, in: &exchanges)
            }
        }
    }

    private static func measure(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        guard bytes.count >= DubboHeader.length else { return .needs(DubboHeader.length) }
        guard let header = DubboHeader(bytes) else { return .invalid }
        return .total(UInt64(header.body) + UInt64(DubboHeader.length))
    }

    /// Bytes of the message that is under way moved.
    private func moved(_ side: Side, in exchanges: inout ExchangeTable) {
        guard let header = side == .requester ? headers.requester : headers.responder else { return }
        let handle = side == .requester ? current.requester : current.responder
        if header.isRequest { exchanges.requestMoved(handle) } else { exchanges.responseMoved(handle) }
    }

    /// The message that is under way will not be seen to its end.
    private mutating func drop(_ side: Side, in exchanges: inout ExchangeTable) {
        let handle = side == .requester ? current.requester : current.responder
        if (side == .requester ? headers.requester : headers.responder) != nil { exchanges.close(handle, .cutOff) }
        set(side, .none, nil)
    }

    private mutating func set(_ side: Side, _ handle: ExchangeHandle, _ header: DubboHeader?) {
        if side == .requester {
            current.requester = handle
            headers.requester = header
        } else {
            current.responder = handle
            headers.responder = header
        }
    }

    /// A message's first bytes are there.
    private mutating func begin(_ head: MessageCutter.Head, from side: Side, in exchanges: inout ExchangeTable) {
        guard let header = DubboHeader(head.bytes) else { return }
        failures = 0
        set(side, .none, header)
        let body = UnsafeRawBufferPointer(rebasing: head.bytes[DubboHeader.length...])
        guard !header.isEvent else {
            sawRequest = true
            return
        }
        if header.isRequest {
            if side == .responder, !sawRequest, !hasSucceeded {
                exchanges.surrender = .mistaken
                return
            }
            sawRequest = true
            set(side, request(header, head, body, from: side, in: &exchanges), header)
        } else {
            set(side, response(header, head, body, from: side, in: &exchanges), header)
        }
    }

    private func key(_ id: UInt64, askedBy side: Side) -> UInt64 { side == .requester ? id : id ^ DubboParser.pushed }

    private mutating func request(
        _ header: DubboHeader, _ head: MessageCutter.Head, _ body: UnsafeRawBufferPointer, from side: Side,
        in exchanges: inout ExchangeTable
    ) -> ExchangeHandle {
        let key = key(header.id, askedBy: side)
        // An id that comes again belongs to a client that has given the first one up.
        let old = header.wantsAnswer ? exchanges.find(key: key) : .none
        if old != .none { exchanges.close(old, .cutOff) }
        if exchanges.openCount(of: exchanges.context.connection) >= ExchangeTable.maximumPerConnection {
            // The oldest were most likely answered by what was not seen.
            exchanges.close(exchanges.firstUnanswered(), .cutOff)
        }
        let handle = exchanges.begin(key: key, offset: head.offset, stream: header.id, from: side, at: head.start)
        if header.wantsAnswer, side == .requester { outstanding &+= 1 }
        let invocation = DubboInvocation(handle: handle)
        switch header.serialization {
        case .hessian: invocation.read(hessian: body, isWhole: head.isWhole, in: &exchanges)
        case .json: invocation.read(json: body, isWhole: head.isWhole, in: &exchanges)
        case .other: break
        }
        // The attachments of a longer one are at its end.
        if head.isWhole { exchanges.open(handle) }
        exchanges.requestMoved(handle, body: UInt64(header.body))
        return handle
    }

    private mutating func response(
        _ header: DubboHeader, _ head: MessageCutter.Head, _ body: UnsafeRawBufferPointer, from side: Side,
        in exchanges: inout ExchangeTable
    ) -> ExchangeHandle {
        if side == .responder, outstanding > 0 { outstanding -= 1 }
        let handle = exchanges.find(key: key(header.id, askedBy: side.other))
        guard handle != .none else {
            exchanges.count(.orphanResponse)
            return .none
        }
        hasSucceeded = true
        exchanges.beginResponse(handle, at: head.start)
        exchanges.setStatus(Int32(header.status), of: handle)
        if header.status != 20 {
            exchanges.setFailed(handle)
        } else {
            DubboResult.read(body, header.serialization, of: handle, in: &exchanges)
        }
        exchanges.responseMoved(handle, body: UInt64(header.body))
        return handle
    }

    /// A message has ended.
    private mutating func end(_ end: MessageCutter.End, from side: Side, in exchanges: inout ExchangeTable) {
        defer { set(side, .none, nil) }
        guard let header = side == .requester ? headers.requester : headers.responder else { return }
        let handle = side == .requester ? current.requester : current.responder
        moved(side, in: &exchanges)
        guard header.isRequest else { return exchanges.endResponse(handle) }
        if !end.tail.isEmpty, header.serialization == .hessian {
            DubboInvocation(handle: handle).read(hessianTail: end.tail, in: &exchanges)
        }
        exchanges.open(handle)
        exchanges.endRequest(handle)
        if !header.wantsAnswer { exchanges.endResponse(handle) }
    }
}
