internal import Capture
internal import Correlate
internal import OTLP
internal import Propagation

/// Decides for every exchange which trace it belongs to and which span it hangs from, by what Correlate found and by the
/// context that the request carried.
///
/// A value without I/O. `ends` remembers the ends of exchanges that may still get children: from `opened` until
/// ``Options/ttl`` after `closed`, at most ``Options/maximumEnds`` of them.
struct Merger {
    /// How much is remembered.
    struct Options: Sendable {
        /// How long an end is remembered after it closed, ns of the source's clock.
        var ttl: UInt64 = 10_000_000_000
        /// Most ends that are remembered.
        var maximumEnds = 131_072
        /// Whether contexts on the wire are used at all.
        var readsContexts = true
    }

    private let options: Options
    private var reader: ContextReader
    private var ends: [ExchangeEnd: SpanContext] = [:]
    /// Ends in the order in which they may be forgotten.
    private var expiring = ExpiryQueue()
    private(set) var counters = MergeCounters()
    /// What was counted of the contexts that were read.
    var propagation: PropagationCounters { reader.counters }

    init(options: Options, reader: ContextReader) {
        self.options = options
        self.reader = reader
        ends.reserveCapacity(1024)
    }

    /// Takes in that an exchange was opened: from now on its place is fixed.
    mutating func open(_ linked: LinkedExchange, fields: borrowing FieldBuffer) {
        let exchange = linked.exchange
        guard ends[exchange.end] == nil else { return }
        remember(place(of: linked, fields: fields), for: exchange.end)
        if exchange.end.role == .server, let parent = linked.link.parent {
            ends[parent]?.earliest.lower(to: exchange.requestStart.time)
        }
    }

    /// The place of an exchange that is over. It stays known for a while, for late children.
    mutating func close(_ linked: LinkedExchange, fields: borrowing FieldBuffer) -> SpanContext {
        let end = linked.exchange.end
        let place: SpanContext
        if let known = ends[end] {
            place = known
            expiring.append(end, at: linked.exchange.ended &+ options.ttl)
        } else {
            // It had no room when it opened. The same rules give the same place, as long as its parent is known.
            place = self.place(of: linked, fields: fields)
        }
        if !place.isSampled { counters.unsampled += 1 }
        return place
    }

    /// Forgets what has had its time.
    mutating func advance(to time: UInt64) {
        while let end = expiring.popFirst(before: time) { ends[end] = nil }
    }

    // MARK: - Rules

    private mutating func place(of linked: LinkedExchange, fields: borrowing FieldBuffer) -> SpanContext {
        let end = linked.exchange.end
        let carried = options.readsContexts ? reader.read(linked.exchange.fields, in: fields) : nil
        var parent: SpanContext?
        if let named = linked.link.parent {
            parent = ends[named]
            if parent == nil { counters.parentForgotten += 1 }
        }
        var place = SpanContext(
            traceID: IDScheme.traceID(of: end.id), spanID: IDScheme.spanID(of: end), parentSpanID: 0, flags: 1,
            join: .link(parent == nil && linked.link.parent != nil ? .none : linked.link.method),
            confidence: linked.link.confidence, received: carried?.context,
            earliest: linked.exchange.requestStart.time)
        if let parent {
            place.hang(from: parent)
            guard let carried, end.role == .client else { return place }
            if let received = parent.received, received.isSameSpan(as: carried.context) {
                // Passed on as it came: it says nothing about this hop.
                counters.forwardedUnchanged += 1
            } else if carried.context.isTrace(parent.traceID) {
                // An SDK in this service continued the trace; its own span lies between the server's and this one.
                place.parentSpanID = carried.context.spanID
                place.join = .traceparent
                place.confidence = 1
                place.traceState = carried.traceState
                counters.joinedByContext += 1
            } else {
                place.linked = carried.context
                counters.keptAsLink += 1
            }
        } else if let carried {
            place.hang(from: carried)
            place.join = .traceparent
            place.confidence = end.role == .server ? 1 : confidenceWithoutLineage
            counters.joinedByContext += 1
        }
        return place
    }

    /// A client end with a context but without lineage: the context may have been passed on unchanged from a request
    /// that we did not connect with it. The share of contexts that were not, of those where we could tell.
    private var confidenceWithoutLineage: Double {
        Double(counters.joinedByContext + 1) / Double(counters.joinedByContext + counters.forwardedUnchanged + 1)
    }

    private mutating func remember(_ place: SpanContext, for end: ExchangeEnd) {
        if ends.count >= options.maximumEnds {
            if let oldest = expiring.popFirst(before: .max) {
                ends[oldest] = nil
                counters.evicted += 1
            } else {
                // Nothing here has been closed: these are exchanges whose end was given up. They would stay for ever, and
                // those that do end find their place again by the same rules.
                counters.evicted += UInt64(ends.count)
                ends.removeAll(keepingCapacity: true)
            }
        }
        ends[end] = place
    }
}

extension SpanContext {
    /// Hangs it from a span of ours.
    fileprivate mutating func hang(from parent: SpanContext) {
        traceID = parent.traceID
        parentSpanID = parent.spanID
        flags = parent.flags
        traceState = parent.traceState
    }

    /// Hangs it from what a context names.
    fileprivate mutating func hang(from carried: CarriedContext) {
        traceID = TraceID(high: carried.context.traceHigh, low: carried.context.traceLow)
        parentSpanID = carried.context.spanID
        flags = carried.context.flags
        traceState = carried.traceState
    }
}

extension TraceContext {
    fileprivate func isSameSpan(as other: TraceContext) -> Bool {
        traceHigh == other.traceHigh && traceLow == other.traceLow && spanID == other.spanID
    }

    fileprivate func isTrace(_ id: TraceID) -> Bool { traceHigh == id.high && traceLow == id.low }
}

extension UInt64 {
    fileprivate mutating func lower(to other: UInt64) { self = Swift.min(self, other) }
}
