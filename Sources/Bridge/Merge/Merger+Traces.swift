internal import Capture
internal import OTLP
internal import Propagation

/// When one trace becomes another.
extension Merger {
    /// A trace of our own making becomes the one of a context that was met below its root.
    ///
    /// - Parameter root: the span of ours under which the other trace began; nil when it began elsewhere.
    mutating func yield(_ trace: TraceID, to context: TraceContext, at root: TraceRoot?) {
        let other = traces.current(context.trace)
        guard other != trace else { return }
        yield(trace, to: other, context.decision, flags: context.decision == .undecided ? 1 : context.flags)
        guard let root, traces[context.trace]?.root == nil else { return }
        traces.update(context.trace, at: now) { $0.root = root }
    }

    /// A trace of our own making becomes another, with what was decided about recording that one.
    mutating func yield(_ trace: TraceID, to other: TraceID, _ decision: SamplingDecision, flags: UInt8 = 1) {
        counters.tracesYielded += 1
        traces.update(trace, at: now) {
            $0.fate = .moved(to: other)
            $0.decision = decision
            $0.flags = flags
        }
        settle(trace)
    }

    /// Moves the trace of a context under a span of ours, if all that this needs is given. Decided once for each trace.
    ///
    /// - Parameters:
    ///   - parent: the span of ours that led to it.
    ///   - root: the same, for spans that come later.
    ///   - certainty: how sure that is.
    ///   - process: where the trace began.
    ///   - departing: whether this very call takes its context to where its spans do not pass through.
    /// - Returns: whether the trace is, now or since before, a part of the parent's.
    mutating func move(
        _ context: TraceContext, to parent: SpanContext, _ root: TraceRoot, certainty: Double, process: ProcessKey,
        departing: Bool
    ) -> Bool {
        let trace = context.trace
        if let state = traces[trace], state.fate != .open { return traces.current(trace) == parent.traceID }
        return decide(
            trace, into: parent.traceID, root,
            isCertain: certainty >= Merger.certain && parent.isSampled && context.isSampled,
            passes: senders.passes(process, now: wallClock), departing: departing)
    }

    /// Decides whether a trace of which nothing is decided is moved into the one that led to it, and counts why not.
    ///
    /// - Parameters:
    ///   - root: the span of ours under which it began.
    ///   - isCertain: whether it is sure enough that one led to the other.
    ///   - passes: whether spans of it pass through us.
    ///   - departing: whether a context of it is just going to where they do not.
    mutating func decide(
        _ trace: TraceID, into target: TraceID, _ root: TraceRoot, isCertain: Bool, passes: Bool = true,
        departing: Bool = false
    ) -> Bool {
        let state = traces[trace]
        let reason: WritableKeyPath<ApartCounters, UInt64>?
        if !options.rewritesRoots {
            reason = \.configured
        } else if !isCertain {
            reason = \.uncertain
        } else if state?.isReceived == true {
            reason = \.received
        } else if !passes {
            reason = \.unseenSpans
        } else if departing || state?.hasDeparted == true {
            reason = \.departed
        } else if state?.hasLeft == true {
            reason = \.late
        } else {
            reason = nil
        }
        if let reason {
            counters.apart[keyPath: reason] += 1
            traces.update(trace, at: now) {
                $0.fate = .apart
                if departing { $0.hasDeparted = true }
            }
            return false
        }
        counters.rerooted += 1
        traces.update(trace, at: now) {
            $0.fate = .moved(to: target)
            $0.root = root
        }
        return true
    }

    /// Whether a call takes its context to where spans may be made that do not pass through us. Databases make none.
    func departs(_ exchange: Exchange) -> Bool {
        switch exchange.protocol {
        case .mysql, .postgresql, .redis, .mongodb, .memcached, .dns, .tls: false
        default: !isObserved(exchange.peer)
        }
    }
}
