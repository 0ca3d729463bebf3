/// AMQP 0-9-1 with RabbitMQ's extensions (https://www.rabbitmq.com/amqp-0-9-1-protocol).
///
/// Exchanges: `publish`, `deliver` (the broker's), `get`, and `ack`, `nack`, `reject` of the client, `tx.commit` and
/// `tx.rollback`; every other method of the client's that is answered, when the answer is that the channel or the
/// connection is closed, with the reply code as ``FieldKey/errorCode``. Where a failure belongs to nothing that is under way,
/// `channel.close` or `connection.close` of the broker stands for it.
///
/// A message that is published ends with its last byte; on a channel whose `confirm.select` was seen it ends with the
/// broker's ack or nack. ``FieldKey/destination`` is `exchange:routing key`, for a delivery with the queue behind it, as far as
/// they are known, not empty and not said already; a get's is the queue, and so is that of an ack whose delivery was seen.
///
/// Fields besides: ``FieldKey/routingKey``, ``FieldKey/deliveryTag``, ``FieldKey/messageID``, ``FieldKey/conversationID``
/// (correlation id), ``FieldKey/batchSize`` (deliveries acknowledged at once), and of the headers table those that
/// ``HeaderSelection`` names, from ``Carrier/messageMetadata``.
///
/// When bytes are missing, bodies are followed by their lengths, also over frames that were not captured. Anywhere else a
/// frame is looked for at the start of each record, messages that were on their way are taken to have ended, and whatever
/// waits for an answer that may have been missed is cut off.
struct AMQPParser: ProtocolParser {
    static let identity = ApplicationProtocol.amqp
    /// Frames in a row that were none before the connection is given up.
    private static let patience = 3
    /// Most calls of the client's that wait for their answers.
    static let mostCalls = 64
    /// Most messages that wait to be confirmed; more of them end with their last byte.
    static let mostConfirmations = 512

    private var request: AMQPDirection
    private var response: AMQPDirection
    var channels = AMQPChannels()
    var subscriptions: AMQPSubscriptions
    /// What the server owes answers to, in order.
    var calls: ContiguousArray<AMQPCall> = []
    /// What the server will confirm, in order.
    var confirmations: ContiguousArray<AMQPConfirmation> = []
    /// Whether nothing has been missed.
    private var isFromBeginning: Bool
    /// Whether the server's first method is due.
    private var awaitsStart = false
    private var failures = 0
    private var hasSucceeded = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        AMQPSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        request = AMQPDirection(atStart: side == .requester || atBeginning.requester)
        response = AMQPDirection(atStart: side == .responder || atBeginning.responder)
        isFromBeginning = atBeginning.requester && atBeginning.responder
        subscriptions = AMQPSubscriptions(isComplete: atBeginning.requester && atBeginning.responder)
    }

    /// The direction of a side.
    subscript(side: Side) -> AMQPDirection {
        @inline(__always) get { side == .requester ? request : response }
        @inline(__always) _modify { if side == .requester { yield &request } else { yield &response } }
    }

    func isReady(for side: Side) -> Bool {
        guard side == .responder, isFromBeginning, response.cutter.isAtStart else { return true }
        // Nobody asked the server, and it does nothing by itself: what it answers comes presently.
        return awaitsStart || !calls.isEmpty || !confirmations.isEmpty || !subscriptions.isEmpty || isDelivering
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if chunk.startsRecord, mayBegin(chunk.bytes, side) {
            self[side].cutter.restart(in: &exchanges)
            self[side].isBehindGap = false
            self[side].isTentative = true
        }
        var bytes = chunk.bytes
        cut(&bytes, of: chunk, from: side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        self[side].cutter.skip(count)
        self[side].isBehindGap = true
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        var bytes = none
        cut(
            &bytes, of: StreamBytes(bytes: none, offset: 0, startsRecord: false, endsRecord: false), from: side,
            in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) { abandoned(in: &exchanges) }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        request.cutter.lose(in: &exchanges)
        response.cutter.lose(in: &exchanges)
        channels.removeAll(in: &exchanges)
        subscriptions.removeAll(in: &exchanges)
        calls.removeAll()
        confirmations.removeAll()
    }

    /// Whether a frame is to be looked for at the start of a record.
    private func mayBegin(_ bytes: UnsafeRawBufferPointer, _ side: Side) -> Bool {
        if self[side].cutter.isLost { return AMQPSignature.begins(bytes, from: side) }
        return self[side].isTentative && AMQPSignature.begins(bytes, from: side, isSure: true)
    }

    // MARK: Frames

    private mutating func cut(
        _ bytes: inout UnsafeRawBufferPointer, of chunk: StreamBytes, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        while exchanges.surrender == nil {
            if self[side].cutter.missingAtStart > 0 { assume(side, in: &exchanges) }
            let offset = chunk.offset &+ UInt64(chunk.bytes.count - bytes.count)
            switch self[side].cutter.next(&bytes, at: offset, in: &exchanges, AMQPFrame.measure) {
            case .more: return
            case .lost: lost(side, in: &exchanges)
            case .head(let head): began(head, from: side, in: &exchanges)
            case .end(let end): ended(end, from: side, in: &exchanges)
            }
        }
    }

    /// Goes on over body frames that were not captured: their lengths follow from the message's and the frame's before.
    private mutating func assume(_ side: Side, in exchanges: inout ExchangeTable) {
        guard let run = self[side].run, let index = channels.find(run.channel),
            case .body(let left) = channels[index][side].stage, left > 0, run.size > 0
        else { return }
        let size = UInt64(run.size)
        let full = min(left / size, self[side].cutter.missingAtStart / (size &+ AMQPFrame.overhead))
        let frames = max(full, 1)
        let payload = min(left, frames &* size)
        self[side].assumed = payload
        self[side].frame = AMQPFrame(kind: .body, channel: run.channel, size: run.size)
        self[side].cutter.assume(payload &+ frames &* AMQPFrame.overhead, in: &exchanges)
    }

    private mutating func began(_ head: MessageCutter.Head, from side: Side, in exchanges: inout ExchangeTable) {
        self[side].frame = nil
        self[side].assumed = 0
        guard let frame = AMQPFrame(head.bytes) else {
            // The protocol's header: the server answers with its first method.
            if side == .requester { awaitsStart = true }
            return
        }
        if head.isWhole, head.bytes.last != AMQPFrame.end { return malformed(side, in: &exchanges) }
        self[side].frame = frame
        let known = min(head.bytes.count, AMQPFrame.headerLength + Int(frame.size))
        var reader = NetworkOrderReader(UnsafeRawBufferPointer(rebasing: head.bytes[AMQPFrame.headerLength..<known]))
        switch frame.kind {
        case .method:
            guard let number = reader.long(), let method = AMQPMethod(rawValue: number) else {
                // One that we do not know is of no interest.
                return
            }
            guard method.sender.map({ $0 == side }) ?? true else {
                if !hasSucceeded { exchanges.surrender = .mistaken }
                return malformed(side, in: &exchanges)
            }
            hasSucceeded = true
            self[side].isTentative = false
            failures = 0
            if side == .requester {
                asked(method, &reader, on: frame.channel, head, in: &exchanges)
            } else {
                awaitsStart = false
                said(method, &reader, on: frame.channel, head, in: &exchanges)
            }
        case .header: header(&reader, on: frame.channel, head, from: side, in: &exchanges)
        case .body: addValues(head, on: frame.channel, from: side, in: &exchanges)
        case .heartbeat: break
        }
    }

    private mutating func ended(_ end: MessageCutter.End, from side: Side, in exchanges: inout ExchangeTable) {
        guard let frame = self[side].frame else { return }
        if let last = end.tail.last, last != AMQPFrame.end { return malformed(side, in: &exchanges) }
        if end.isComplete { self[side].isBehindGap = false }
        switch frame.kind {
        case .method, .heartbeat: break
        case .header: contentMoved(0, on: frame.channel, from: side, in: &exchanges)
        case .body:
            let payload = self[side].assumed > 0 ? self[side].assumed : UInt64(frame.size)
            self[side].run = (frame.channel, frame.size)
            contentMoved(payload, on: frame.channel, from: side, in: &exchanges)
        }
    }

    private mutating func malformed(_ side: Side, in exchanges: inout ExchangeTable) {
        self[side].cutter.lose(in: &exchanges)
        lost(side, in: &exchanges)
    }

    private mutating func lost(_ side: Side, in exchanges: inout ExchangeTable) {
        self[side].frame = nil
        self[side].run = nil
        if self[side].isTentative {
            // No frame began there; nothing is known of it that was not known before.
            self[side].isTentative = false
            return
        }
        if !self[side].isBehindGap {
            exchanges.count(.malformed)
            failures += 1
            if failures >= AMQPParser.patience || !hasSucceeded {
                if exchanges.surrender == nil { exchanges.surrender = .unrecognised }
                return
            }
        }
        isFromBeginning = false
        subscriptions.missed()
        missed(side, in: &exchanges)
    }
}

extension AMQPFrame {
    /// A frame that was not captured.
    init(kind: Kind, channel: UInt16, size: UInt32) {
        self.kind = kind
        self.channel = channel
        self.size = size
    }
}
