/// MQTT 3.1, 3.1.1 and 5 (https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html).
///
/// Exchanges: `publish` of the client and `deliver` of the broker, which end with their last byte at quality of service 0,
/// with PUBACK at 1, with PUBCOMP (or a PUBREC that refuses) at 2; `subscribe` and `unsubscribe`; `connect` when it is
/// refused; `disconnect` when it says that something went wrong. A packet that is sent again belongs to the exchange that it
/// began. Fields: ``FieldKey/destination`` (the topic, also where a number stands for it, or the first filter),
/// ``FieldKey/clientID``, ``FieldKey/conversationID`` (correlation data that is text), ``FieldKey/batchSize`` (filters),
/// ``FieldKey/errorCode`` (reason code), and the user properties that ``HeaderSelection`` names, from
/// ``Carrier/messageMetadata``.
///
/// On a connection that was joined the version is not known until a packet can be only one; so long a publish's payload may
/// begin with properties, and its length is not told.
///
/// When bytes are missing anywhere but in a payload, a packet is looked for at the start of each record, and what the side
/// that was not heard may have answered is cut off.
struct MQTTParser: ProtocolParser {
    static let identity = ApplicationProtocol.mqtt
    /// Packets in a row that were none before the connection is given up.
    private static let patience = 3
    /// Packets after which it is believed that this is MQTT.
    private static let proof = 3
    /// Longest name of a client that is remembered, bytes.
    static let longestClient = 256

    private var request: MQTTDirection
    private var response: MQTTDirection
    /// Which properties packets have: those of 5, or none; nil when that is not known.
    var hasProperties: Bool?
    /// What has not been answered.
    var pending = MQTTPendings()
    /// The client's name for itself.
    var client: [UInt8] = []
    /// Whether the broker may send of its own accord.
    var mayPush = false
    /// Whether the broker owes a PINGRESP.
    var awaitsPong = false
    private var isFromBeginning: Bool
    private var failures = 0
    /// Packets that were right.
    private var successes = 0

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        MQTTSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        request = MQTTDirection(atStart: side == .requester || atBeginning.requester)
        response = MQTTDirection(atStart: side == .responder || atBeginning.responder)
        isFromBeginning = atBeginning.requester && atBeginning.responder
    }

    /// The direction of a side.
    subscript(side: Side) -> MQTTDirection {
        @inline(__always) get { side == .requester ? request : response }
        @inline(__always) _modify { if side == .requester { yield &request } else { yield &response } }
    }

    func isReady(for side: Side) -> Bool {
        guard side == .responder, isFromBeginning, response.cutter.isAtStart else { return true }
        return mayPush || awaitsPong || !pending.isEmpty
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if chunk.startsRecord, mayBegin(chunk.bytes, side) {
            self[side].cutter.restart(in: &exchanges)
            self[side].isBehindGap = false
            self[side].isTentative = true
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
        request.aliases.removeAll(in: &exchanges)
        response.aliases.removeAll(in: &exchanges)
        exchanges.unreserve(client.count)
        client = []
        pending.removeAll()
    }

    /// Whether a packet is to be looked for at the start of a record.
    private func mayBegin(_ bytes: UnsafeRawBufferPointer, _ side: Side) -> Bool {
        guard MQTTSignature.begins(bytes, from: side) else { return false }
        if self[side].cutter.isLost { return true }
        // What was taken for a packet's beginning was not, when a whole one comes before its end.
        return self[side].isTentative && MQTTSignature.isWhole(bytes)
    }

    private mutating func cut(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        var bytes = chunk.bytes
        while exchanges.surrender == nil {
            let offset = chunk.offset &+ UInt64(chunk.bytes.count - bytes.count)
            switch self[side].cutter.next(&bytes, at: offset, in: &exchanges, MQTTPacket.measure) {
            case .more: return
            case .head(let head): began(head, from: side, in: &exchanges)
            case .end:
                self[side].isBehindGap = false
                ended(side, in: &exchanges)
            case .lost: lost(side, in: &exchanges)
            }
        }
    }

    private mutating func began(_ head: MessageCutter.Head, from side: Side, in exchanges: inout ExchangeTable) {
        guard let packet = MQTTPacket(head.bytes), MQTTSignature.isPlausible(head.bytes) != false,
            !self[side].isTentative || head.isWhole || packet.kind == .publish
        else { return refuse(side, in: &exchanges) }
        guard packet.kind.sender.map({ $0 == side }) ?? true else {
            if successes < MQTTParser.proof { exchanges.surrender = .mistaken }
            return refuse(side, in: &exchanges)
        }
        self[side].isTentative = false
        successes += packet.kind == .connect ? MQTTParser.proof : 1
        failures = 0
        let known = head.bytes.prefix(Int(clamping: packet.length)).dropFirst(packet.headerLength)
        let contents = UnsafeRawBufferPointer(rebasing: known)
        switch packet.kind {
        case .connect: connect(contents, head, in: &exchanges)
        case .publish: publish(packet, contents, head, from: side, in: &exchanges)
        case .subscribe, .unsubscribe: subscribe(packet, contents, head, in: &exchanges)
        case .disconnect: disconnect(contents, head, from: side, in: &exchanges)
        case .pingreq: awaitsPong = true
        case .pingresp: awaitsPong = false
        case .auth: hasProperties = true
        default: answer(packet, contents, head, from: side, in: &exchanges)
        }
    }

    private mutating func refuse(_ side: Side, in exchanges: inout ExchangeTable) {
        self[side].cutter.lose(in: &exchanges)
        lost(side, in: &exchanges)
    }

    private mutating func lost(_ side: Side, in exchanges: inout ExchangeTable) {
        isFromBeginning = false
        if self[side].isTentative {
            // No packet began there; nothing is known of it that was not known before.
            self[side].isTentative = false
            return
        }
        if !self[side].isBehindGap {
            exchanges.count(.malformed)
            failures += 1
            if failures >= MQTTParser.patience || successes < MQTTParser.proof {
                if exchanges.surrender == nil { exchanges.surrender = .unrecognised }
                return
            }
        }
        self[side].aliases.removeAll(in: &exchanges)
        if self[side].payload != nil {
            self[side].payload = Exchange.unknownLength
            ended(side, in: &exchanges)
        }
        pending.takeAll(from: side == .requester ? .responder : .requester) { entry in
            if entry.kind == .connect {
                exchanges.passOver(entry.handle)
            } else {
                exchanges.close(entry.handle, .cutOff)
            }
        }
    }
}
