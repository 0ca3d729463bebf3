internal import Capture
internal import Correlate
internal import OTLP
internal import Propagation

/// What holds where the other end of an exchange is on another host, where another agent may make a span of it.
///
/// Both agents decide alike without a word between them: where a context on the request fixes the trace for both, the
/// server's span hangs from the client's, whose id is known from the exchange's; elsewhere the server's span begins the
/// trace of that identity, and the client's names it.
extension Merger {
    /// Whether the other end of an exchange is on another host whose agent makes a span of it, under an id known here.
    func isShared(_ exchange: Exchange) -> Bool {
        guard exchange.hasSharedID, options.peers.contains(exchange.peer) else { return false }
        // An address of ours may lie in their range.
        guard exchange.peer.high != exchange.local.high || exchange.peer.low != exchange.local.low else { return false }
        return exchange.end.role == .server || !isObserved(exchange.peer)
    }

    /// Hangs a server's span, which has its trace from the context on its request, from the client's span on the host the
    /// request came from.
    mutating func hangFromPeer(_ place: inout SpanContext, _ exchange: Exchange) {
        place.parentSpanID = IDScheme.spanID(of: ExchangeEnd(id: exchange.end.id, role: .client))
        place.join = .link(.flow)
        place.confidence = 1
        place.certainty = 1
        counters.joinedByPeer += 1
    }

    /// Keeps a call in the trace that its context takes to the other host, whatever it was made for here: the server's
    /// span hangs from it there, and what hangs from another lies in the same trace.
    mutating func keepTrace(of exchange: Exchange, at place: inout SpanContext) {
        guard let reading = place.received, reading.context.isSampled, exchange.message != .receive,
            place.traceID != reading.context.trace, isShared(exchange)
        else { return }
        let context = reading.context
        let former = SpanKey(trace: place.traceID, span: place.parentSpanID)
        place.hang(from: reading, in: context.trace, state: reader.withTracestate { Array($0) })
        if context.spanID != 0, traces.current(context.trace) == context.trace,
            isConfirmed(reading, of: exchange.process.key)
        {
            place.links.removeAll { $0.context.isSameSpan(as: context) }
        } else {
            place.parentSpanID = 0
        }
        place.join = .context(reading.propagator, reading.place)
        place.confidence = 1
        place.certainty = 1
        place.sampling = SamplingNote()
        if former.span != 0 { place.apartFrom = former }
        counters.movedForPeer += 1
    }

    /// Notes on a client's span that is over whether its server's, if another agent makes one, begins a trace of its own:
    /// it does where no context on the request says otherwise. The trace has the id of the exchange, which is the client's
    /// own trace if that is a root.
    mutating func linkToServer(of exchange: Exchange, at place: inout SpanContext) {
        guard exchange.end.role == .client, exchange.hasSharedID, place.isSampled,
            place.received == nil || exchange.message == .receive,
            place.traceID != IDScheme.traceID(of: exchange.end.id)
        else { return }
        // A server makes no span of a handshake that went well.
        guard exchange.protocol != .tls, !isObserved(exchange.peer),
            ends[ExchangeEnd(id: exchange.end.id, role: .server)] == nil
        else { return }
        place.linksToServer = true
        counters.linkedToServer += 1
    }
}
