internal import Capture
internal import Correlate
internal import OTLP
internal import Propagation

/// Decides for every exchange which trace it belongs to and which span it hangs from, by what Correlate found and by the
/// contexts that the request carried; and for the spans of SDKs that pass through, what they become among ours.
///
/// A value without I/O; docs/merging.md has the rules. `ends` remembers the ends of exchanges that may still get
/// children: from `opened` until ``MergeOptions/retention`` after `closed`, at most ``MergeOptions/maximumEnds`` of
/// them. `traces` remembers those that met others, `receiving` who received which context, `senders` whose spans pass
/// through, `reported` what other agents see of the exchanges of theirs.
struct Merger {
    /// Evidence at least this sure is certain enough to move a trace.
    static let certain = 0.9

    private(set) var options: MergeOptions
    var reader: ContextReader
    var ends = EndPlaces()
    /// Ends in the order in which they may be forgotten.
    private var expiring = ExpiryQueue<ExchangeEnd>()
    var traces: TraceTable
    /// Traces of our own making whose root is still under way: they may yet become others.
    private var pending: Set<TraceID> = []
    var receiving: ReceivingEnds
    var senders: Senders
    /// With `sdk_spans: drop`: spans of ours whose place an SDK's takes.
    var twins: Twins
    /// What other agents say of ends of exchanges.
    var reported: ReportedEnds
    /// Spans of ours that will not be there because their exchange was left out.
    var shed: ShedSpans
    /// Which calls were made for which requests, as far as spans of SDKs tell.
    var proved: ProvedCalls
    /// Addresses at which servers have been observed: a call to one of them does not leave what we see.
    private var observedServers: Set<Endpoint> = []
    /// What to add to the source's times to get the wall clock, ns.
    var wallClockOffset: Int64 = 0
    /// The latest moment that was heard of, ns of the source's clock.
    private(set) var now: UInt64 = 0
    var counters = MergeCounters()
    /// Traces of our own making of which it became known what they are: taken by whoever holds spans of them back.
    private var settled: [TraceID] = []
    /// What was counted of the contexts that were read.
    var propagation: PropagationCounters { reader.counters }

    init(options: MergeOptions, reader: ContextReader) {
        self.options = options
        self.reader = reader
        traces = TraceTable(ttl: options.ttl, maximum: options.maximumTraces)
        receiving = ReceivingEnds(capacity: options.maximumReceiving)
        senders = Senders(ttl: options.ttl)
        twins = Twins(maximum: options.maximumEnds)
        reported = ReportedEnds(ttl: options.ttl, maximum: options.maximumReported)
        shed = ShedSpans(maximum: options.maximumEnds)
        proved = ProvedCalls(maximum: options.maximumEnds)
    }

    /// Goes by other options from now on. What was decided of traces stays, and so does what is remembered.
    mutating func use(_ next: MergeOptions, reader: ContextReader) {
        options = next
        traces.ttl = next.ttl
        senders.ttl = next.ttl
        let former = self.reader
        self.reader = reader
        self.reader.goOn(from: former)
    }

    /// Takes in that an exchange was opened: from now on its place is known, but for the trace it may yet turn out to be
    /// in.
    mutating func open(_ linked: LinkedExchange, fields: borrowing FieldBuffer) {
        let exchange = linked.exchange
        guard !ends.contains(exchange.end) else { return }
        now = max(now, exchange.requestStart.time)
        var place = place(of: linked, fields: fields)
        if place.leftOut == nil {
            options.notes?.note(exchange, fields, on: &place)
            received(exchange, at: &place, fields: fields)
        }
        remember(place, for: exchange.end)
        guard exchange.end.role == .server, let parent = linked.link.parent else { return }
        ends.update(parent) { $0.earliest = min($0.earliest, exchange.requestStart.time) }
        if observedServers.count < options.maximumEnds { observedServers.insert(exchange.local) }
    }

    /// The place of an exchange that is over. It stays known for a while, for late children.
    mutating func close(_ linked: LinkedExchange, fields: borrowing FieldBuffer) -> SpanContext {
        let exchange = linked.exchange
        let end = exchange.end
        now = max(now, exchange.ended)
        let known = ends[end]
        let isKnown = known != nil
        // If it had no room when it opened, the same rules give the same place, as long as its parent is known.
        var place = known ?? place(of: linked, fields: fields)
        if !isKnown, place.leftOut == nil { options.notes?.note(exchange, fields, on: &place) }
        if exchange.message == .receive, end.role == .client, place.leftOut == nil {
            fetched(linked, at: &place, fields: fields)
        }
        if place.receivingEntry != ReceivingEnds.none {
            receiving.update(place.receivingEntry) { $0.finish = max(exchange.ended, $0.start) }
        }
        settle(&place)
        linkToServer(of: exchange, at: &place)
        if isKnown {
            ends[end] = place
            expiring.append(end, at: exchange.ended &+ options.retention)
        }
        let own = IDScheme.traceID(of: end.id)
        if place.parentSpanID == 0 { settle(own) }
        return place
    }

    /// Whether a trace may yet become another, so that its spans are better not sent off.
    func isPending(_ trace: TraceID) -> Bool { pending.contains(trace) }

    /// An exchange is the root of a trace of our own making.
    mutating func begin(_ trace: TraceID) {
        // Roots that were given up on would stay for ever. Their traces are what they are.
        if pending.count >= options.maximumEnds { pending.removeAll(keepingCapacity: true) }
        pending.insert(trace)
    }

    /// A trace of our own making stays what it is by now: its root is over, or nothing more is waited for.
    mutating func settle(_ trace: TraceID) { if pending.remove(trace) != nil { settled.append(trace) } }

    /// Gives a span the trace that its own has become.
    mutating func settle(_ place: inout SpanContext) {
        let trace = traces.current(place.traceID, neededAt: now)
        guard trace != place.traceID else { return }
        if let state = traces[place.traceID], place.decision == .undecided {
            place.decision = state.decision
            place.flags = state.flags
        }
        place.traceID = trace
    }

    /// The traces of which it became known what they are since the last call, one after the other.
    mutating func nextSettled() -> TraceID? { settled.popLast() }

    /// Whether an SDK's span takes the place of this one.
    func isReplaced(_ place: SpanContext) -> Bool { twins[place.spanID] != nil }

    /// Hangs a span whose parent's place an SDK's span has taken from that one.
    func followTwin(_ place: inout SpanContext) {
        if let twin = twins[place.parentSpanID] { place.parentSpanID = twin }
    }

    /// The span of an exchange will not be there: what comes later hangs from what it would have hung from, and no span of
    /// an SDK is taken to be about it.
    mutating func leaveOut(_ end: ExchangeEnd) {
        guard let place = ends[end] else { return }
        shed.insert(place.spanID, below: place.parentSpanID)
        if place.receivingEntry != ReceivingEnds.none {
            receiving.update(place.receivingEntry) { $0.spanID = $0.parentSpanID }
        }
    }

    /// Hangs a span from the nearest ancestor that will be there.
    func standIn(_ place: inout SpanContext) { place.parentSpanID = shed.standing(for: place.parentSpanID) }

    /// Forgets what has had its time.
    mutating func advance(to time: UInt64) {
        now = max(now, time)
        while let end = expiring.popFirst(before: time) { ends[end] = nil }
        traces.advance(to: time) { [ends] trace in
            // Of our own making, with its root still under way.
            let root = ExchangeID(high: trace.high, low: trace.low)
            return ends.contains(ExchangeEnd(id: root, role: .server))
                || ends.contains(ExchangeEnd(id: root, role: .client))
        }
        counters.tracesEvicted = traces.evicted
    }

    /// The wall clock at the latest moment that was heard of, ns.
    var wallClock: UInt64 { now &+ UInt64(bitPattern: wallClockOffset) }

    /// Whether what an end sends to its peer stays where we see it.
    func isObserved(_ peer: Endpoint) -> Bool { peer.isLoopback || observedServers.contains(peer) }

    private mutating func remember(_ place: SpanContext, for end: ExchangeEnd) {
        if ends.count >= options.maximumEnds {
            if let oldest = expiring.popFirst(before: .max) {
                ends[oldest] = nil
                counters.evicted += 1
            } else {
                // Nothing here has been closed: these are exchanges whose end was given up. They would stay for ever, and
                // those that do end find their place again by the same rules.
                counters.evicted += UInt64(ends.count)
                ends.removeAll()
            }
        }
        ends[end] = place
    }
}
