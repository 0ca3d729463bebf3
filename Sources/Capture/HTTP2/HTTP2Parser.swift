/// HTTP/2 (RFC 9113) and gRPC over it, with prior knowledge or after an upgrade from HTTP/1.1.
///
/// Fields of a request: ``FieldKey/method``, ``FieldKey/target``, ``FieldKey/version`` (2), ``FieldKey/scheme`` where it is
/// not `http`, ``FieldKey/authority``, ``FieldKey/userAgent``, ``FieldKey/contentType``, and the headers that
/// ``HeaderSelection`` names. Of a gRPC call, instead of method, target and version: ``FieldKey/service`` (empty when the
/// path is not known), ``FieldKey/method``; ``FieldKey/errorCode`` is the name of its status, and messages are counted. A
/// stream that is reset has the name of the reset's code, or of the gRPC status that it stands for.
///
/// What is pushed (PUSH_PROMISE) is no exchange: nobody asked for it, and clients have given it up. What the rules of this
/// parser are when bytes are missing:
///
/// - inside the contents of DATA: nothing is lost but the count of messages, unless they are all of one message;
/// - inside a header block: what was decoded before is used, and the table is taken for unknown from there on;
/// - inside a frame's header: frames are looked for at the start of each record. Streams of which nothing was heard from one
///   such loss to the next are cut off.
struct HTTP2Parser: ProtocolParser {
    static let identity = ApplicationProtocol.http2
    /// Most bytes of a block's names and values that are looked at, as SETTINGS_MAX_HEADER_LIST_SIZE counts them.
    static let mostHeaders = 128 << 10
    /// Most bytes of a path that are kept.
    static let longestPath = FieldBuffer.maximumValue
    /// Most bytes of a scheme that is taken for one.
    static let longestScheme = 16
    /// Records in a row without a frame after which the connection is given up, when nothing was right before.
    static let patience = 8
    /// Likewise when something was.
    static let longPatience = 1024

    /// The requester's direction.
    var request: HTTP2Direction
    /// The responder's direction.
    var response: HTTP2Direction
    /// What is under way.
    var streams = HTTP2Streams()
    /// The greatest number of a stream that the requester began.
    var newest: UInt32 = 0
    /// The greatest number of a stream that the responder has said it takes.
    var lastTaken = UInt32.max
    /// Whether a response has found its request.
    var hasSucceeded = false
    /// Whether gRPC calls have been seen on the connection.
    var hasCalls = false
    /// Whether a call of which no name was known had a body of OTLP's: exporters keep connections to themselves.
    var carriesTelemetry = false
    /// Method and path of the request head that is being read.
    let method = KeptBytes()
    let path = KeptBytes()
    var reserved = 0
    private var hasBegun = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        HTTP2Signature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        request = HTTP2Direction(atStart: side == .requester || atBeginning.requester)
        response = HTTP2Direction(atStart: side == .responder || atBeginning.responder)
    }

    /// The direction of a side.
    subscript(side: Side) -> HTTP2Direction {
        @inline(__always) get { side == .requester ? request : response }
        @inline(__always) _modify { if side == .requester { yield &request } else { yield &response } }
    }

    /// What comes in the wrong order waits in ``streams``.
    func isReady(for side: Side) -> Bool { true }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if !hasBegun { begin(in: &exchanges) }
        var bytes = chunk.bytes
        while !bytes.isEmpty, exchanges.surrender == nil {
            take(&bytes, of: chunk, from: side, in: &exchanges)
        }
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if !hasBegun { begin(in: &exchanges) }
        var left = count
        while left > 0 {
            switch self[side].state {
            case .prefix: skipPrefix(&left, from: side, in: &exchanges)
            case .content: skipContent(&left, from: side, in: &exchanges)
            case .padding:
                let step = min(left, UInt64(self[side].paddingLeft))
                self[side].paddingLeft -= UInt32(step)
                left -= step
                proceed(side, in: &exchanges)
            case .start, .preface, .header, .lost:
                return lose(side, in: &exchanges)
            }
        }
    }

    mutating func closed(in exchanges: inout ExchangeTable) {
        streams.forEach { streams, place in
            if streams[place].isEarly {
                exchanges.count(.orphanResponse)
            } else if streams[place].hasResponseEnded {
                exchanges.endRequest(streams[place].handle)
            }
        }
        abandoned(in: &exchanges)
    }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        streams.forEach { streams, place in
            if streams[place].awaitsBody { exchanges.open(streams[place].handle) }
        }
        request.decoder.release(in: &exchanges)
        response.decoder.release(in: &exchanges)
        clearHead(in: &exchanges)
    }

    /// Forgets method and path.
    mutating func clearHead(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved)
        reserved = 0
        method.clear(retaining: 64)
        path.clear(retaining: 512)
    }

    private mutating func begin(in exchanges: inout ExchangeTable) {
        hasBegun = true
        // Headers lie anywhere in a call, between the bodies of other streams.
        exchanges.want(.http2, of: .requester)
        exchanges.want(.http2, of: .responder)
        // The request that asked HTTP/1.1 for the upgrade is answered on stream 1 (RFC 7540, 3.2).
        let asked = exchanges.firstUnanswered()
        guard asked != .none else { return }
        var stream = HTTP2Stream(id: 1, handle: asked)
        stream.hasRequestEnded = true
        _ = streams.add(stream)
        newest = 1
    }

    /// Takes what belongs together off the front of `bytes`: at least one of them.
    private mutating func take(
        _ bytes: inout UnsafeRawBufferPointer, of chunk: StreamBytes, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        switch self[side].state {
        case .start:
            let isPreface = side == .requester && bytes[0] == HTTP2Signature.preface.utf8Start[0]
            self[side].state = isPreface ? .preface(0) : .header
        case .preface(let matched): preface(&bytes, matched, in: &exchanges)
        case .header: frameHeader(&bytes, of: chunk, from: side, in: &exchanges)
        case .prefix: prefix(&bytes, from: side, in: &exchanges)
        case .content: content(&bytes, from: side, in: &exchanges)
        case .padding:
            let step = min(bytes.count, Int(self[side].paddingLeft))
            self[side].paddingLeft -= UInt32(step)
            bytes = UnsafeRawBufferPointer(rebasing: bytes[step...])
            moved(side, body: 0, in: &exchanges)
            proceed(side, in: &exchanges)
        case .lost: seek(&bytes, of: chunk, from: side, in: &exchanges)
        }
    }
}
