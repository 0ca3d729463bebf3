internal import Capture
internal import OTLP
internal import Propagation

/// Remembers who received which context, for the spans that SDKs make of it.
extension Merger {
    /// An end of ours, whose place is known, was opened; or a fetch got its messages.
    mutating func received(_ exchange: Exchange, at place: inout SpanContext, fields: borrowing FieldBuffer) {
        let isConsumer = exchange.isPush ? exchange.end.role == .server : exchange.message == .receive
        let isReceiver = exchange.end.role == .server || isConsumer
        if let context = place.received?.context, place.received?.place != .sqlComment {
            if isReceiver {
                traces.update(context.trace, at: now) { $0.receive(exchange.end, in: exchange.process.key) }
            } else if departs(exchange), traces[context.trace]?.hasDeparted != true {
                // What was decided stays.
                if alias(of: context.trace) != nil { counters.torn += 1 }
                traces.update(context.trace, at: now) { $0.hasDeparted = true }
            }
        }
        if options.takesReceivedSpans, exchange.end.role == .client, !isConsumer, let context = place.received?.context,
            context.spanID != 0
        {
            proved.called(
                exchange.end, in: exchange.process.key, below: SpanKey(trace: context.trace, span: context.spanID))
        }
        guard options.takesReceivedSpans, place.receivingEntry == ReceivingEnds.none,
            isConsumer || exchange.mayHaveTwin
        else { return }
        // Of a client's ends those count that passed on what came, where their server may be one that we do not see, and
        // those of which an SDK may have made a span.
        let isCaller = !isReceiver && isNamedByContext(place)
        let isForwarding = !isReceiver && !isCaller
        if isForwarding, place.received == nil { return }
        if isCaller {
            guard options.receivedSpans == .drop else { return }
            if let context = place.received?.context,
                twins.hasCalled(SpanKey(trace: context.trace, span: context.spanID))
            {
                twins.pair(place.spanID, with: context.spanID)
            }
        }
        place.receivingEntry = receiving.append(
            ReceivingEnds.Entry(
                end: exchange.end,
                key: SpanKey(
                    trace: place.received?.context.trace ?? place.traceID, span: place.received?.context.spanID ?? 0),
                spanID: place.spanID, trace: place.traceID, parentSpanID: place.parentSpanID,
                certainty: place.certainty, isSampled: place.isSampled, isConsumer: isConsumer,
                isForwarding: isForwarding, isCaller: isCaller, process: exchange.process, peerPort: exchange.peer.port,
                signature: isReceiver ? RequestSignature.of(exchange, fields) : 0,
                start: exchange.requestStart.time))
    }

    /// Whether a span hangs from the very span that its context names.
    private func isNamedByContext(_ place: SpanContext) -> Bool {
        place.parentSpanID != 0 && place.parentSpanID == place.received?.context.spanID
    }
}

extension Exchange {
    /// Whether an SDK in its server would make a span of it.
    fileprivate var mayHaveTwin: Bool {
        switch self.protocol {
        case .http1, .http2, .dubbo, .fastcgi: true
        default: false
        }
    }
}

extension RequestSignature {
    /// That of a captured request; 0 if it is none of HTTP's.
    static func of(_ exchange: Exchange, _ fields: borrowing FieldBuffer) -> UInt64 {
        guard let method = fields.first(.method, in: exchange.fields),
            let target = fields.first(.target, in: exchange.fields)
        else { return 0 }
        let signature = fields.withBytes(of: method.value) { RequestSignature(method: $0) }
        return fields.withBytes(of: target.value) { signature.with(path: $0) }
    }
}
