internal import Capture
internal import OTLP

/// What becomes of the spans of other agents, two of which may have seen the two ends of one exchange without a word between
/// them: the server's is hung below the client's, and the trace it began becomes the client's.
///
/// A server's span that nothing else is above waits for its client's, at most as long as ``ReceivedStage`` lets it; what is in
/// its trace waits with it, since a trace becomes another before its first span leaves or never.
extension Merger {
    /// A client's end of an exchange whose server's end an agent reports.
    private enum Caller {
        /// It has not come.
        case unknown
        /// It is there; its trace may yet become another.
        case unsettled
        /// The span and the trace that it leaves with.
        case found(SpanKey)
    }

    /// Which end of which exchange a span is about; nil if it is none of an agent's. Both ids are made of the exchange: what
    /// does not agree is none.
    func reportedEnd(of span: ReceivedSpan) -> ExchangeEnd? {
        guard span.exchange != TraceID(high: 0, low: 0) else { return nil }
        let exchange = ExchangeID(high: span.exchange.high, low: span.exchange.low)
        let client = ExchangeEnd(id: exchange, role: .client)
        if IDScheme.spanID(of: client) == span.spanID { return client }
        let server = ExchangeEnd(id: exchange, role: .server)
        return IDScheme.spanID(of: server) == span.spanID ? server : nil
    }

    /// Takes in which client ends are among spans that came, before anything of them is decided.
    mutating func report(_ spans: [ReceivedSpan], now: UInt64) {
        reported.advance(to: now)
        for span in spans {
            guard let end = reportedEnd(of: span), end.role == .client else { continue }
            if reported.called(end.id, in: span.traceID, now: now) { counters.callerLate += 1 }
            // A trace that waits for this becomes its part at once, so that what waits for that one knows where it ends.
            let begun = IDScheme.traceID(of: end.id)
            guard reported.isAwaited(begun) else { continue }
            _ = take(begun, of: end.id, into: traces.current(span.traceID), below: span.spanID)
        }
    }

    /// Whether a span better waits: what its trace has become by now begins with a span that waits.
    func isAwaited(_ trace: TraceID) -> Bool { reported.awaitsAny && reported.isAwaited(traces.current(trace)) }

    /// What becomes of a span of another agent.
    mutating func decide(
        _ span: ReceivedSpan, _ end: ExchangeEnd, index: UInt32, of resource: ReceivedResource, mustDecide: Bool,
        now: UInt64
    ) -> ReceivedDecision {
        var rewrite = SpanRewrite(span: index)
        let caller = ExchangeEnd(id: end.id, role: .client)
        if end.role == .server, span.parentSpanID != IDScheme.spanID(of: caller) {
            let origin = origin(of: span, resource)
            switch self.caller(caller, mustDecide: mustDecide) {
            case .found(let caller):
                join(&rewrite, span, end.id, below: caller)
                reported.met(from: origin)
            case .unsettled: return wait(span)
            case .unknown:
                if !mustDecide, reported.isWorthWaiting(from: origin) { return wait(span) }
                reported.leaveAlone(end.id, from: origin, now: now)
                counters.callerMissing += 1
            }
            reported.settle(span.traceID)
        }
        if !mustDecide, isAwaited(span.traceID) { return .wait }
        counters.received += 1
        if rewrite.method != nil { counters.joinedByExchange += 1 }
        follow(&rewrite, span)
        left(span.traceID)
        left(traces.current(span.traceID))
        return rewrite.isNothing ? .unchanged : .rewrite(rewrite)
    }

    private mutating func wait(_ span: ReceivedSpan) -> ReceivedDecision {
        if span.parentSpanID == 0 { reported.wait(for: span.traceID) }
        return .wait
    }

    /// Where a server's span has its request from, as far as can be told: the service and the other end's address.
    private func origin(of span: ReceivedSpan, _ resource: ReceivedResource) -> UInt64 {
        var mixer = Mixer(seed: span.peerAddress)
        let service = resource.serviceInstance.isEmpty ? resource.serviceName : resource.serviceInstance
        for byte in service.utf8.prefix(256) { mixer.absorb(UInt64(byte)) }
        return mixer.finish().0 | 1
    }

    private mutating func caller(_ end: ExchangeEnd, mustDecide: Bool) -> Caller {
        if let trace = reported.caller(of: end.id) {
            return .found(SpanKey(trace: traces.current(trace), span: IDScheme.spanID(of: end)))
        }
        // This agent's own.
        guard var place = ends[end], place.isSampled else { return .unknown }
        settle(&place)
        if isPending(place.traceID) {
            guard mustDecide else { return .unsettled }
            settle(place.traceID)
        }
        return .found(SpanKey(trace: place.traceID, span: twins[place.spanID] ?? place.spanID))
    }

    /// Hangs a server's span below its client's, or links it where it stays in another trace.
    private mutating func join(
        _ rewrite: inout SpanRewrite, _ span: ReceivedSpan, _ exchange: ExchangeID, below caller: SpanKey
    ) {
        let isOne =
            traces.current(span.traceID) == caller.trace
            || span.parentSpanID == 0
                && take(span.traceID, of: exchange, into: caller.trace, below: caller.span)
        guard isOne else {
            rewrite.link = SpanLink(traceID: caller.trace, spanID: caller.span)
            return
        }
        rewrite.parentSpanID = caller.span
        rewrite.method = "flow"
        rewrite.confidence = 1
    }

    /// Makes the trace that a server's span begins a part of its client's: one that agents made up, and of which nothing has
    /// left. Decided once.
    private mutating func take(
        _ trace: TraceID, of exchange: ExchangeID, into target: TraceID, below caller: UInt64
    ) -> Bool {
        reported.settle(trace)
        guard target != trace else { return true }
        guard trace == IDScheme.traceID(of: exchange) else { return false }
        let state = traces[trace]
        if let state, state.fate != .open { return traces.current(trace) == target }
        if !options.rewritesRoots || state?.hasLeft == true {
            if options.rewritesRoots { counters.apart.late += 1 } else { counters.apart.configured += 1 }
            traces.update(trace, at: now) { $0.fate = .apart }
            return false
        }
        counters.rerooted += 1
        traces.update(trace, at: now) {
            $0.fate = .moved(to: target)
            $0.root = TraceRoot(spanID: caller, process: .none, start: 0)
        }
        return true
    }
}
