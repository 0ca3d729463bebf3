internal import Capture
internal import Correlate
internal import OTLP
internal import Propagation

/// The place of an exchange: which of its evidence counts.
extension Merger {
    mutating func place(of linked: LinkedExchange, fields: borrowing FieldBuffer) -> SpanContext {
        let exchange = linked.exchange
        let end = exchange.end
        var parent = parent(of: linked)
        let cause = parent?.leftOut == nil ? nil : parent
        if cause != nil { parent = nil }
        var place = SpanContext(
            rootOf: end, join: .link(parent == nil && linked.link.parent != nil ? .none : linked.link.method),
            confidence: cause == nil ? linked.link.confidence : 0, earliest: exchange.requestStart.time)
        // What a fetch brings comes with its answer.
        let hasContexts = options.readsContexts && exchange.message != .receive
        let result = hasContexts ? contexts(of: exchange, fields: fields, at: &place) : .none
        if options.leavesOutTelemetry, leaveOut(linked, fields, caused: cause, carrying: result, at: &place) {
            return place
        }
        if let parent {
            place.hang(from: parent)
            if linked.link.method.isLikelihood { place.certainty = min(place.certainty, Merger.certain.nextDown) }
        }
        switch (result, parent) {
        case (.none, .some): break
        case (.none, .none): if hasContexts { place.decision = reader.decisionAlone }
        case (.several, _):
            // The client end has its links already.
            if end.role == .client || parent == nil { link(reader.others, to: &place) }
        case (.one(let reading), .none):
            hangFromContext(&place, reading, exchange)
            link(reader.others, to: &place)
        case (.one(let reading), .some(let parent)):
            guard end.role == .client else { break }
            call(&place, under: parent, linked.link.parent, carrying: reading, exchange)
            link(reader.others, to: &place)
        }
        if end.role == .client { keepTrace(of: exchange, at: &place) }
        if place.traceID == IDScheme.traceID(of: end.id), place.parentSpanID == 0 {
            place.certainty = 1
            // One that the other host counts on is what it is.
            if !isShared(exchange) { begin(place.traceID) }
        }
        return place
    }

    /// Takes in the contexts of the messages that a fetch brought.
    mutating func fetched(_ linked: LinkedExchange, at place: inout SpanContext, fields: borrowing FieldBuffer) {
        guard options.readsContexts else { return }
        switch contexts(of: linked.exchange, fields: fields, at: &place) {
        case .none: return
        case .several: link(reader.others, to: &place)
        case .one(let reading):
            let isRoot = place.parentSpanID == 0
            if isRoot, isPending(place.traceID) {
                yield(place.traceID, to: reading.context, at: nil)
                hangFromContext(&place, reading, linked.exchange)
            } else if isRoot {
                hangFromContext(&place, reading, linked.exchange)
            } else if traces.current(reading.context.trace) != place.traceID {
                link([reading], to: &place)
            }
            link(reader.others, to: &place)
        }
        received(linked.exchange, at: &place, fields: fields)
    }

    private mutating func parent(of linked: LinkedExchange) -> SpanContext? {
        guard let named = linked.link.parent else { return nil }
        guard var parent = ends[named] else {
            counters.parentForgotten += 1
            return nil
        }
        settle(&parent)
        parent.spanID = shed.standing(for: parent.spanID)
        return parent
    }

    /// Reads what the message carries, and remembers it. Of a batch of which not all is known a single context says
    /// nothing: it is a link like those of a batch that has several.
    private mutating func contexts(
        of exchange: Exchange, fields: borrowing FieldBuffer, at place: inout SpanContext
    ) -> ContextResult {
        let result = reader.read(exchange, in: fields, comments: options.comments)
        if let left = fields.number(.contextsLeft, in: exchange.fields) {
            place.linksLeftOut += UInt32(clamping: left)
            counters.linksLeftOut += UInt64(clamping: left)
        }
        guard case .one(let reading) = result else { return result }
        if reading.place == .message, fields.first(.contextsUnknown, in: exchange.fields) != nil {
            link([reading], to: &place)
            return .several
        }
        keep(reading, at: &place)
        return result
    }

    private mutating func keep(_ reading: ContextReading, at place: inout SpanContext) {
        place.received = reading
        if !reader.others.isEmpty { place.alsoReceived = reader.others }
        place.skyWalking = reader.skyWalking
    }

    // MARK: - Calls

    /// A call on behalf of a span of ours that carries a context.
    private mutating func call(
        _ place: inout SpanContext, under parent: SpanContext, _ parentEnd: ExchangeEnd?,
        carrying reading: ContextReading, _ exchange: Exchange
    ) {
        let trace = traces.current(reading.context.trace)
        if parent.hasReceived(reading.context) {
            // Passed on as it came: it says nothing about this hop.
            counters.forwardedUnchanged += 1
        } else if trace == parent.traceID {
            // An SDK in this service continued the trace; its own span lies between the server's and this one.
            below(&place, reading, in: trace, exchange)
        } else if let received = receiver(of: reading.context.trace, for: exchange, else: parent) {
            // This process received that trace: what it says of itself is surer than what its threads did.
            place = relocated(place, to: received)
            if received.hasReceived(reading.context) {
                counters.forwardedUnchanged += 1
            } else {
                below(&place, reading, in: trace, exchange)
            }
        } else {
            meet(&place, under: parent, parentEnd, carrying: reading, in: trace, exchange)
        }
    }

    /// Hangs a call from the span that a context of its own trace names, if that will be in the backend.
    private mutating func below(
        _ place: inout SpanContext, _ reading: ContextReading, in trace: TraceID, _ exchange: Exchange
    ) {
        guard reading.context.spanID != 0, isConfirmed(reading, of: exchange.process.key) else {
            return link([reading], to: &place)
        }
        place.hang(from: reading, in: trace, state: reader.withTracestate { Array($0) })
        place.join = .context(reading.propagator, reading.place)
        place.confidence = 1
        counters.joinedByContext += 1
    }

    /// A call in one trace carries the context of another, which its service did not receive.
    private mutating func meet(
        _ place: inout SpanContext, under parent: SpanContext, _ parentEnd: ExchangeEnd?,
        carrying reading: ContextReading, in trace: TraceID, _ exchange: Exchange
    ) {
        let root = TraceRoot(
            spanID: parent.spanID, process: exchange.process.key, start: parentEnd.flatMap { ends[$0]?.earliest } ?? 0)
        let isPending = self.isPending(parent.traceID)
        // By a guess two traces would become one.
        if isPending, reading.context.isSampled, place.certainty >= Merger.certain {
            yield(parent.traceID, to: reading.context, at: root)
            place.traceID = trace
            below(&place, reading, in: trace, exchange)
        } else if !isPending,
            move(
                reading.context, to: parent, root, certainty: place.certainty, process: exchange.process.key,
                departing: departs(exchange))
        {
            below(&place, reading, in: parent.traceID, exchange)
        } else if place.certainty < Merger.certain,
            place.join.isLikelihood || isConfirmed(reading, of: exchange.process.key)
        {
            place = SpanContext(
                rootOf: exchange.end, join: .context(reading.propagator, reading.place), confidence: 1,
                earliest: place.earliest)
            keep(reading, at: &place)
            hangFromContext(&place, reading, exchange)
        } else {
            if isPending, !reading.context.isSampled { place.decision = .drop }
            link([reading], to: &place)
        }
    }

    /// The end at which a call's process received a trace, before it made the call.
    ///
    /// - Parameter fallback: what is given where that is not remembered.
    private func receiver(
        of trace: TraceID, for call: Exchange, else fallback: SpanContext? = nil
    ) -> SpanContext? {
        guard let end = traces[trace]?.receiver(in: call.process.key) else { return nil }
        guard let receiver = ends[end] else { return fallback }
        return receiver.earliest <= call.requestStart.time ? receiver : nil
    }

    /// A span below another parent than lineage gave, with all else as it was.
    private mutating func relocated(_ place: SpanContext, to parent: SpanContext) -> SpanContext {
        var place = place
        var parent = parent
        settle(&parent)
        place.confidence = 1
        place.hang(from: parent)
        return place
    }

    /// A message without lineage: what its context says is all there is.
    private mutating func hangFromContext(
        _ place: inout SpanContext, _ reading: ContextReading, _ exchange: Exchange
    ) {
        let given = reading.context.trace
        let trace = traces.current(given)
        let isReceiver = exchange.end.role == .server || exchange.message == .receive
        let process = exchange.process.key
        place.join = .context(reading.propagator, reading.place)
        place.hang(from: reading, in: trace, state: reader.withTracestate { Array($0) })
        if trace == given, exchange.end.role == .server, isShared(exchange) {
            hangFromPeer(&place, exchange)
            return traces.update(given, at: now) { $0.isReceived = true }
        }
        if !isReceiver, let parent = receiver(of: given, for: exchange) {
            if parent.hasReceived(reading.context) {
                // Threads do not say whose call it is, and the context is the one that came: the end that received it.
                place = relocated(place, to: parent)
                counters.forwardedUnchanged += 1
                return
            }
        }
        counters.joinedByContext += 1
        if isConfirmed(reading, of: process) || reading.context.spanID == 0 {
            place.confidence = isReceiver ? 1 : confidenceWithoutLineage
        } else {
            counters.unconfirmedParent += 1
            place.confidence = confidenceWithoutLineage
        }
        // Whatever the parent, the trace is the one that the context names.
        place.certainty = 1
        if isReceiver, exchange.end.role == .server { traces.update(given, at: now) { $0.isReceived = true } }
    }

    /// A client end with a context but without lineage: the context may have been passed on unchanged from a request
    /// that we did not connect with it. The share of contexts that were not, of those where we could tell.
    private var confidenceWithoutLineage: Double {
        Double(counters.joinedByContext + 1) / Double(counters.joinedByContext + counters.forwardedUnchanged + 1)
    }

    /// Whether the span that a context names will be in the backend under that name.
    func isConfirmed(_ reading: ContextReading, of process: ProcessKey) -> Bool {
        guard reading.context.isSampled else { return false }
        return options.native.contains(reading.propagator) || senders.passes(process, now: wallClock)
    }

    private mutating func link(_ readings: [ContextReading], to place: inout SpanContext) {
        var left = reader.othersLeftOut
        // A link to no span is none.
        for reading in readings where reading.context.spanID != 0 {
            if place.links.count < ContextReader.maximumOthers { place.links.append(reading) } else { left += 1 }
            counters.keptAsLink += 1
        }
        place.linksLeftOut += left
        counters.linksLeftOut += UInt64(left)
    }
}
