internal import Capture
internal import OTLP
internal import Propagation

/// What becomes of spans of SDKs that pass through.
extension Merger: ReceivedSpanMerging {
    /// How long after its end a span of ours is known at the latest, ns: what capture holds back to bring records into
    /// order, and what a server's end waits for its client's.
    static let lag: UInt64 = 250_000_000
    /// What may lie between the stamps of one moment by an SDK and by the kernel, ns: many stamp in milliseconds.
    static let tolerance: UInt64 = 2_000_000

    mutating func received(
        _ spans: [ReceivedSpan], of resources: [ReceivedResource], from sender: ProcessKey?, now: UInt64
    ) {
        // Where nothing is captured, the wall clock is the source's.
        if !options.observes { advance(to: now) }
        report(spans, now: now)
        for resource in resources { senders.received(resource, now: now) }
        if let sender { senders.bind(sender, now: now) }
    }

    var hasAliases: Bool { traces.hasMoved }

    func alias(of trace: TraceID) -> TraceID? {
        let current = traces.current(trace)
        return current == trace ? nil : current
    }

    mutating func decide(
        _ span: ReceivedSpan, index: UInt32, of resource: ReceivedResource, from sender: ProcessKey?, mustDecide: Bool,
        now: UInt64
    ) -> ReceivedDecision {
        if let end = reportedEnd(of: span) {
            return decide(span, end, index: index, of: resource, mustDecide: mustDecide, now: now)
        }
        if !mustDecide, isAwaited(span.traceID) { return .wait }
        let isFresh = options.observes && !mustDecide && now < span.end &+ Merger.lag
        var rewrite = SpanRewrite(span: index)
        if span.kind == .server || span.kind == .consumer {
            if let entry = partner(of: span, SpanMaker(resource: resource, process: sender)) {
                prove(entry, by: span)
                nest(&rewrite, span, below: entry, now: now)
            } else if isFresh, !isPlaced(span) {
                return .wait
            }
        } else {
            if isFresh, traces[span.traceID] == nil { return .wait }
            if options.observes {
                pairCaller(span)
                proved.made(SpanKey(trace: span.traceID, span: span.spanID), below: span.parentSpanID)
            }
        }
        counters.received += 1
        follow(&rewrite, span)
        noteSkew(&rewrite, of: span)
        left(span.traceID)
        return rewrite.isNothing ? .unchanged : .rewrite(rewrite)
    }

    /// A span tells which request of ours is above the calls below it.
    private mutating func prove(_ entry: ReceivingEnds.Entry, by span: ReceivedSpan) {
        guard entry.end.role == .server, !entry.isForwarding else { return }
        proved.handled(
            entry.end, in: entry.process.key, by: SpanKey(trace: span.traceID, span: span.spanID))
    }

    // MARK: - Partners

    /// The end of ours that a span of a server is about; nil when there is none, or it cannot be told which.
    private mutating func partner(of span: ReceivedSpan, _ maker: SpanMaker) -> ReceivingEnds.Entry? {
        let isConsumer = span.kind == .consumer
        var candidates: [ReceivingEnds.Entry] = []
        if span.parentSpanID != 0 {
            receiving.forEach(of: SpanKey(trace: span.traceID, span: span.parentSpanID)) { candidates.append($0) }
            // B3's server may share its client's id.
            if candidates.isEmpty {
                receiving.forEach(of: SpanKey(trace: span.traceID, span: span.spanID)) { candidates.append($0) }
            }
            candidates.removeAll { $0.isConsumer != isConsumer || $0.isCaller }
            return choose(candidates, for: span, maker)
        }
        guard !isConsumer else { return nil }
        if span.peerPort != 0 {
            receiving.forEach(from: span.peerPort, about: source(span.start)) {
                if covers($0, span) { candidates.append($0) }
            }
            if span.signature != 0 {
                candidates.removeAll { $0.signature != 0 && $0.signature != span.signature }
            }
        } else if span.signature != 0 {
            receiving.forEach(signature: span.signature, about: source(span.start)) {
                if covers($0, span) { candidates.append($0) }
            }
            // Without a port only the process can tell which of several services was asked.
            candidates.removeAll { senders.agreement(of: $0.process.key, with: maker) <= .none }
        }
        // A context that came all the same is one that its SDK does not speak.
        candidates.removeAll { $0.isForwarding || $0.isConsumer }
        return nearest(of: candidates, to: span, maker)
    }

    /// Of several requests of one connection, or for one thing, that may be the one that a root is about: the one whose
    /// process it is, which begins and ends when it does; none where another is nearly as near.
    private mutating func nearest(
        of candidates: [ReceivingEnds.Entry], to span: ReceivedSpan, _ maker: SpanMaker
    ) -> ReceivingEnds.Entry? {
        guard candidates.count > 1 else { return candidates.first }
        let agreements = candidates.map { senders.agreement(of: $0.process.key, with: maker) }
        let best = agreements.max() ?? .none
        var (nearest, least, next) = (0, UInt64.max, UInt64.max)
        for index in candidates.indices where best <= .none || agreements[index] == best {
            let apart = distance(candidates[index], span)
            if apart < least {
                (nearest, least, next) = (index, apart, least)
            } else {
                next = min(next, apart)
            }
        }
        // Stamps in whole milliseconds tell so much less.
        let isCoarse = span.start % 1_000_000 == 0 && span.end % 1_000_000 == 0
        guard next == .max || next - least > 2 * (isCoarse ? Merger.tolerance : Merger.tolerance / 20) else {
            counters.ambiguous += 1
            return nil
        }
        return candidates[nearest]
    }

    /// How far the beginnings and the ends of two are apart together, ns. One of ours that is open may end at any time.
    private func distance(_ entry: ReceivingEnds.Entry, _ span: ReceivedSpan) -> UInt64 {
        let finish = entry.finish == .max ? max(now, entry.start) : entry.finish
        let (began, ended) = (wall(entry.start), wall(finish))
        return (max(began, span.start) - min(began, span.start)) &+ (max(ended, span.end) - min(ended, span.end))
    }

    /// Of several that received one context, as a proxy and what stands behind it do: the one whose process it is, by
    /// what tells most of it; else the innermost that contains it in time.
    private mutating func choose(
        _ candidates: [ReceivingEnds.Entry], for span: ReceivedSpan, _ maker: SpanMaker
    ) -> ReceivingEnds.Entry? {
        guard candidates.count > 1 else { return candidates.first }
        let receivers = candidates.filter { !$0.isForwarding }
        let best = receivers.map { senders.agreement(of: $0.process.key, with: maker) }.max() ?? .none
        var left = candidates
        if best > .none {
            left = receivers.filter { senders.agreement(of: $0.process.key, with: maker) == best }
            if left.count == 1 { return left[0] }
        }
        left.removeAll { !covers($0, span) }
        guard let innermost = left.max(by: { $0.start < $1.start }) else {
            counters.ambiguous += 1
            return nil
        }
        // Two that began at the same moment cannot be told apart.
        guard left.filter({ $0.start == innermost.start }).count == 1 else {
            counters.ambiguous += 1
            return nil
        }
        return innermost
    }

    /// Whether a span lies within the time of an end of ours.
    private func covers(_ entry: ReceivingEnds.Entry, _ span: ReceivedSpan) -> Bool {
        let tolerance = Merger.tolerance
        guard span.start &+ tolerance >= wall(entry.start) else { return false }
        guard entry.finish != .max else { return true }
        // The last byte of an answer may be written before or after the SDK ends its span.
        return span.start <= wall(entry.finish) &+ tolerance
    }

    private func source(_ time: UInt64) -> UInt64 { time &- UInt64(bitPattern: wallClockOffset) }

    private func wall(_ time: UInt64) -> UInt64 { time &+ UInt64(bitPattern: wallClockOffset) }

    // MARK: - What becomes of it

    /// Hangs a span below the end of ours that it is about.
    private mutating func nest(
        _ rewrite: inout SpanRewrite, _ span: ReceivedSpan, below entry: ReceivingEnds.Entry, now: UInt64
    ) {
        if !entry.isForwarding { senders.bind(entry.process.key, now: now) }
        let target = traces.current(entry.trace)
        // Where ours was left out under overload it is what is there of those above it.
        let above = shed.standing(for: entry.spanID)
        guard entry.isSampled, above != 0 else { return }
        if span.parentSpanID == 0 {
            let root = TraceRoot(spanID: above, process: entry.process.key, start: entry.start)
            guard adopt(span.traceID, into: target, root, certainty: entry.certainty) else {
                rewrite.link = SpanLink(traceID: target, spanID: above)
                return
            }
        } else if traces.current(span.traceID) != target {
            return
        }
        if options.receivedSpans == .drop, !entry.isLeftOut {
            replace(entry, by: span, &rewrite)
        } else {
            rewrite.parentSpanID = above
            rewrite.method = "flow"
            counters.reparented += 1
        }
        let start = wall(entry.start)
        if span.start &+ Merger.tolerance < start { rewrite.clockSkew = skew(span.start, start) }
    }

    /// A span takes the place of ours: where it is a root, that of ours in the tree as well.
    private mutating func replace(
        _ entry: ReceivingEnds.Entry, by span: ReceivedSpan, _ rewrite: inout SpanRewrite
    ) {
        twins.pair(entry.spanID, with: span.spanID)
        guard span.parentSpanID == 0, entry.parentSpanID != 0 else { return }
        rewrite.parentSpanID = twins[entry.parentSpanID] ?? entry.parentSpanID
        rewrite.method = "flow"
        counters.reparented += 1
    }

    /// With `sdk_spans: drop`: a span of a client takes the place of ours that hangs from it, now or once it comes.
    private mutating func pairCaller(_ span: ReceivedSpan) {
        guard options.receivedSpans == .drop, span.kind == .client || span.kind == .producer else { return }
        let key = SpanKey(trace: span.traceID, span: span.spanID)
        twins.called(key)
        receiving.forEach(of: key) {
            if $0.isCaller, !$0.isLeftOut { twins.pair($0.spanID, with: span.spanID) }
        }
    }

    /// Makes a trace that begins with a span of an SDK a part of the one of ours that led to it. Decided once.
    private mutating func adopt(
        _ trace: TraceID, into target: TraceID, _ root: TraceRoot, certainty: Double
    ) -> Bool {
        if traces.current(trace) == target { return true }
        if let state = traces[trace], state.fate != .open { return false }
        if isPending(target), certainty >= Merger.certain {
            // Ours is not final yet, and is the younger of the two.
            yield(target, to: trace, .keep)
            traces.update(trace, at: now) { $0.root = root }
            return true
        }
        return decide(trace, into: target, root, isCertain: certainty >= Merger.certain)
    }

    /// Takes a span along that belongs to a trace which has become another, and puts its root where it began.
    mutating func follow(_ rewrite: inout SpanRewrite, _ span: ReceivedSpan) {
        let trace = traces.current(span.traceID, neededAt: now)
        if span.parentSpanID == 0, rewrite.parentSpanID == nil, let root = traces[span.traceID]?.root,
            span.start &+ Merger.tolerance >= wall(root.start)
        {
            // What will be there of it: the one above what was left out, or what took its place, which may be this one.
            let above = shed.standing(for: root.spanID)
            let parent = twins[above] ?? above
            if parent != 0, parent != span.spanID {
                rewrite.parentSpanID = parent
                counters.reparented += 1
            }
        }
        guard trace != span.traceID else { return }
        rewrite.traceID = trace
        rewrite.keepsOriginal = true
        counters.moved += 1
    }

    /// Notes that a span begins after what it caused: the two clocks differ, or the child would have begun before it.
    private mutating func noteSkew(_ rewrite: inout SpanRewrite, of span: ReceivedSpan) {
        var earliest = UInt64.max
        receiving.forEach(of: SpanKey(trace: span.traceID, span: span.spanID)) { entry in
            if entry.parentSpanID == span.spanID { earliest = min(earliest, wall(entry.start)) }
        }
        if earliest != .max, earliest &+ Merger.tolerance < span.start {
            rewrite.clockSkew = skew(span.start, earliest)
        }
        if rewrite.clockSkew != nil { counters.skewed += 1 }
    }

    /// How far one clock is ahead of another at what should be one moment, ns.
    private func skew(_ one: UInt64, _ other: UInt64) -> Int64 { Int64(truncatingIfNeeded: one &- other) }

    /// Whether it is known where a span belongs although nothing of ours is about it.
    private func isPlaced(_ span: ReceivedSpan) -> Bool {
        span.parentSpanID == 0 && traces[span.traceID]?.root != nil
    }

    /// A span of a trace leaves: what was not decided by now stays as it is.
    mutating func left(_ trace: TraceID) {
        guard traces[trace]?.hasLeft != true, !isMoved(trace) else { return }
        traces.update(trace, at: self.now) { $0.hasLeft = true }
    }

    private func isMoved(_ trace: TraceID) -> Bool { alias(of: trace) != nil }
}

extension SpanRewrite {
    /// Whether it changes nothing.
    var isNothing: Bool { traceID == nil && parentSpanID == nil && clockSkew == nil && link == nil }
}
