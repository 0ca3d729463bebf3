// Responses that go on for long and have messages in them: what an upgrade to WebSocket makes of the connection, and
// streams of events.
extension HTTP1Parser {
    /// WebSocket frames of more than this are nothing that all of each call is wanted for, bytes.
    private static let longFrame: UInt64 = 16 << 10

    /// The connection is a WebSocket's from here on. The exchange lasts until both sides have closed it.
    mutating func beginFrames(_ handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        exchanges.endRequest(handle)
        request.handle = handle
        response.handle = handle
        var isInPlace = false
        if case .start = request.state { isInPlace = true }
        request.state = .frames(WebSocketFraming(atStart: isInPlace))
        response.state = .frames(WebSocketFraming())
        // Several frames may come in one call.
        for side in [Side.requester, .responder] { exchanges.want(.everything, of: side) }
    }

    /// Bytes of a WebSocket's direction moved.
    mutating func framed(
        _ step: WebSocketFraming.Step, _ framing: WebSocketFraming, _ before: WebSocketFraming, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        self[side].state = .frames(framing)
        moved(side, body: framing.isLost ? Exchange.unknownLength : step.data, in: &exchanges)
        exchanges.countMessages(
            framing.isLost ? Exchange.unknownLength : step.messages, from: side, of: self[side].handle)
        if framing.longest > HTTP1Parser.longFrame, before.longest <= HTTP1Parser.longFrame {
            exchanges.want(.ordinary, of: side)
        }
        guard framing.isClosed, case .frames(let other) = self[side.other].state, other.isClosed else { return }
        exchanges.endResponse(response.handle)
        exchanges.surrender = .leftAlone
    }

    /// The response's head is complete: when a stream of events follows, all of it is wanted.
    mutating func beginEvents(in exchanges: inout ExchangeTable) {
        response.isEventStream = response.isEventStream && !response.isEncoded && response.status / 100 == 2
        guard response.isEventStream else { return }
        response.events = EventStream()
        exchanges.want(.everything, of: .responder)
    }

    /// Bytes of a stream of events.
    mutating func counted(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard response.isEventStream else { return }
        let events = response.events.take(bytes)
        if events > 0 { exchanges.countMessages(events, from: .responder, of: response.handle) }
    }

    /// Bytes of a stream of events are missing.
    func missedEvents(_ side: Side, in exchanges: inout ExchangeTable) {
        guard side == .responder, response.isEventStream else { return }
        exchanges.countMessages(Exchange.unknownLength, from: .responder, of: response.handle)
    }
}
