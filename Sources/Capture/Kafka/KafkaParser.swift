/// Apache Kafka's protocol (https://kafka.apache.org/protocol), all versions of all requests.
///
/// Fields: ``FieldKey/method`` (`send`, `poll`, else the API's name), ``FieldKey/destination`` (the first topic; of a
/// poll the first one that brought messages, else the only one that was asked for), ``FieldKey/partition`` where
/// there is one, ``FieldKey/clientID``, ``FieldKey/consumerGroup``, ``FieldKey/batchSize`` (messages, when all were
/// seen), ``FieldKey/messageOffset`` where there is one partition, the messages' headers that ``HeaderSelection``
/// names (each distinct set a ``Field/part`` of its own; ``FieldKey/contextsLeft``, ``FieldKey/contextsUnknown``), and
/// ``FieldKey/errorCode``, the name of the first error in the response.
///
/// - Responses find their requests by number. Produce requests that ask for no acknowledgement have none.
/// - Log-ins (`ApiVersions`, `SaslHandshake`, `SaslAuthenticate`) and signs of life (`Heartbeat` and its kind) are of
///   interest only when they fail. That a version is not supported is how versions are agreed upon, and that a member
///   needs an id how it gets one: neither is a failure.
/// - Topics that are known by id alone have the name that a broker told on any connection; else none.
/// - Of a message of more than ``limit`` bytes the first ones are read. How many messages it has is then not known.
/// - Where bytes of framing are missing, the next message is looked for at the start of a record.
struct KafkaParser: ProtocolParser {
    static let identity = ApplicationProtocol.kafka
    /// Most bytes of a message that are read.
    static let limit = 64 << 10
    /// Messages that were none before the connection is given up, when none was right before.
    private static let patience = 3
    /// Likewise when some were.
    private static let greatPatience = 16

    /// Cuts what clients send.
    var requests: MessageCutter
    /// Cuts what brokers send.
    var responses: MessageCutter
    /// Requests that have not been answered.
    var outstanding = KafkaOutstanding()
    /// The topics of the connection's fetch session.
    var session = KafkaSession()
    /// The request whose bytes are moving.
    var asking = KafkaMoving()
    /// The request whose response is moving.
    var answering = KafkaMoving()
    /// Whether nothing of either side has been missed.
    var isSure: Bool
    /// Whether responses may have been missed: those of requests in front of one that is answered will not come.
    var hasMissedResponses: Bool
    /// Whether a message may be one of a log-in that has no header: after the first version of `SaslHandshake`.
    var isNegotiating = false
    /// Whether the place in each direction is a guess.
    var isTentative = (requester: false, responder: false)
    /// Whether a response has found its request.
    var hasSucceeded = false
    private var failures = 0
    private var hasWished = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        KafkaSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        requests = MessageCutter(atStart: side == .requester || atBeginning.requester, limit: KafkaParser.limit)
        responses = MessageCutter(atStart: side == .responder || atBeginning.responder, limit: KafkaParser.limit)
        isSure = atBeginning.requester && atBeginning.responder
        hasMissedResponses = !isSure
    }

    func isReady(for side: Side) -> Bool {
        // On a connection that was joined it may answer a request that nobody saw.
        guard side == .responder, isSure, outstanding.isEmpty else { return true }
        return !responses.isAtStart
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if !hasWished {
            // Headers of messages lie anywhere.
            exchanges.want(.everything, of: .requester)
            exchanges.want(.everything, of: .responder)
            hasWished = true
        }
        if chunk.startsRecord { findPlace(chunk.bytes, from: side, in: &exchanges) }
        var bytes = chunk.bytes
        moved(side, in: &exchanges)
        cut(&bytes, endingAt: chunk.offset &+ UInt64(chunk.bytes.count), isGap: false, from: side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester { requests.skip(count) } else { responses.skip(count) }
        var none = UnsafeRawBufferPointer(start: nil, count: 0)
        moved(side, in: &exchanges)
        cut(&none, endingAt: 0, isGap: true, from: side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) { abandoned(in: &exchanges) }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        requests.lose(in: &exchanges)
        responses.lose(in: &exchanges)
        session.forget(in: &exchanges)
        outstanding.removeAll()
    }

    /// Cuts what has come into messages.
    private mutating func cut(
        _ bytes: inout UnsafeRawBufferPointer, endingAt end: UInt64, isGap: Bool, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        while exchanges.surrender == nil {
            let offset = end &- UInt64(bytes.count)
            let isNegotiating = isNegotiating
            let event =
                if side == .requester {
                    requests.next(&bytes, at: offset, in: &exchanges) {
                        KafkaFraming.request($0, isNegotiating: isNegotiating)
                    }
                } else {
                    responses.next(&bytes, at: offset, in: &exchanges, KafkaFraming.response)
                }
            switch event {
            case .more: return
            case .head(let head):
                if side == .requester { request(head, in: &exchanges) } else { response(head, in: &exchanges) }
            case .end:
                if side == .requester { endRequest(in: &exchanges) } else { endResponse(in: &exchanges) }
            case .lost:
                if isGap { lost(side) } else { fail(side, in: &exchanges) }
            }
        }
    }

    /// Looks for a message at the start of a record, where the place was lost.
    private mutating func findPlace(
        _ bytes: UnsafeRawBufferPointer, from side: Side, in exchanges: inout ExchangeTable
    ) {
        if side == .requester, requests.isLost {
            guard KafkaFraming.request(bytes, isNegotiating: false) != .invalid else { return }
            isTentative.requester = true
            requests.restart(in: &exchanges)
        } else if side == .responder, responses.isLost {
            var reader = KafkaReader(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(4)))
            let id = reader.integer(Int32.self)
            guard reader.isExhausted ? !outstanding.isEmpty : outstanding.contains(id) else { return }
            isTentative.responder = true
            responses.restart(in: &exchanges)
        }
    }

    /// Bytes of a message moved.
    private func moved(_ side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester {
            exchanges.requestMoved(asking.handle)
        } else {
            exchanges.responseMoved(answering.handle)
        }
    }

    /// The place of a side is not known any more.
    private mutating func lost(_ side: Side) {
        isSure = false
        if side == .requester {
            asking = KafkaMoving()
        } else {
            hasMissedResponses = true
            answering = KafkaMoving()
        }
    }

    /// What a side sent is no message.
    mutating func fail(_ side: Side, in exchanges: inout ExchangeTable) {
        let wasTentative = side == .requester ? isTentative.requester : isTentative.responder
        if side == .requester {
            requests.lose(in: &exchanges)
            isTentative.requester = false
        } else {
            responses.lose(in: &exchanges)
            isTentative.responder = false
        }
        lost(side)
        guard !wasTentative else { return }
        exchanges.count(.malformed)
        failures += 1
        if failures >= (hasSucceeded ? KafkaParser.greatPatience : KafkaParser.patience) {
            exchanges.surrender = .unrecognised
        }
    }

    /// A message was right.
    mutating func succeeded() {
        hasSucceeded = true
        failures = 0
    }
}

/// The exchange whose bytes are moving in one direction.
struct KafkaMoving {
    /// The exchange.
    var handle = ExchangeHandle.none
    /// Whether it is of no interest once it is over.
    var isPassedOver = false
    /// Whether nobody answers it.
    var isOneWay = false
}
