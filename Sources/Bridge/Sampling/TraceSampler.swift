internal import OTLP
internal import Propagation

/// Decides which traces leave: whole ones, as far as this agent sees them.
///
/// What a context says of its trace comes first; of the others a share by the randomness of their ids and what the rate
/// limit leaves of it; and whatever matches a rule. While there are rules of outcomes, traces that would be left out are
/// held until their root is over, or their time. A value without I/O; time is given, ns of the clock of the exchanges.
/// docs/sampling.md has the rules.
struct TraceSampler {
    /// What becomes of a span whose place is final.
    enum Admission {
        /// It goes on: its trace is kept, or undecided.
        case goesOn
        /// A context says that its trace is not recorded.
        case unsampled
        /// Its trace is left out.
        case out
    }

    /// What becomes of a span that is about to leave.
    enum Standing {
        case leaves
        /// It is held with its trace, in this slot.
        case held(Int)
        case out
    }

    var options: SampleOptions
    var ratio: SamplingThreshold
    /// What was in effect before, the oldest first.
    var eras: [SamplingEra] = []
    var limiter: RateLimiter?
    var verdicts: TraceVerdicts
    var open = OpenTraces()
    var hold = SampleHold()
    /// What is held of what SDKs sent, and how many spans that are.
    var receivedBytes = 0
    var receivedHeld = 0
    /// What SDKs sent of traces that are kept by now.
    var leaving: [HeldPiece] = []
    var counted = SampleCounters()
    /// What limiters have counted that are not there any more.
    var formerlyOverflowed: UInt64 = 0

    init(options: SampleOptions) {
        self.options = options
        ratio = SamplingThreshold(probability: options.ratio)
        limiter = options.rateLimit > 0 ? RateLimiter(limit: options.rateLimit) : nil
        verdicts = TraceVerdicts(maximum: options.maximumTraces, memory: options.memory)
    }

    /// What was counted so far.
    var counters: SampleCounters {
        var counters = counted
        counters.forgotten = verdicts.forgotten
        counters.overflowed = formerlyOverflowed + (limiter?.overflowed ?? 0)
        counters.heldSpans = UInt64(hold.count + receivedHeld)
        counters.heldBytes = UInt64(heldBytes)
        counters.openTraces = UInt64(open.count)
        return counters
    }

    /// What is known of a trace.
    enum Knowledge {
        case known(TraceVerdicts.Verdict)
        case open(Int)
    }

    /// How many spans of ours are held.
    var heldCount: Int { hold.count }

    var heldBytes: Int { hold.bytes + receivedBytes }

    // MARK: - Spans of ours

    /// Takes in a span of ours whose trace is final.
    mutating func admit(_ place: inout SpanContext, now: UInt64, into spans: inout SpanBatch) -> Admission {
        let era = era(of: place.sampling.rootStart)
        if place.decision == .drop, !(era?.options ?? options).isAlwaysOn, !place.sampling.isMarked {
            return .unsampled
        }
        let trace = place.traceID
        if place.sampling.isMarked || isDecided(place.decision, era?.options ?? options) {
            place.sampling.isKept = true
            if let slot = open.slot(of: trace) {
                keep(slot, place.sampling.isMarked ? .header : .context, now: now, into: &spans)
            } else if place.sampling.isMarked {
                mark(trace, now: now)
            }
            return .goesOn
        }
        switch knowledge(of: trace, place, era, now: now) {
        case .known(.kept(let written)):
            place.sampling.isKept = true
            place.sampling.written = written
            return .goesOn
        case .known(.out(let reason)):
            counted.out.add(1, reason)
            return .out
        case .open(let slot):
            open[slot].underWay += 1
            lower(&open[slot].rootStart, to: place.sampling.rootStart)
            return .goesOn
        }
    }

    private mutating func knowledge(
        of trace: TraceID, _ place: SpanContext, _ era: SamplingEra?, now: UInt64
    ) -> Knowledge {
        if let known = known(of: trace, now: now) { return known }
        let state = place.traceState.withUnsafeBytes { SamplingState($0) }
        return decide(trace, state, in: era, place.sampling.operation, now: now)
    }

    /// What becomes of a span that was let in, now that it can leave.
    mutating func standing(of place: SpanContext, now: UInt64) -> Standing {
        if place.sampling.isKept { return .leaves }
        if let slot = open.slot(of: place.traceID) { return .held(slot) }
        switch verdicts.verdict(of: place.traceID, now: now) {
        case .kept: return .leaves
        case .out(let reason): counted.out.add(1, reason)
        case nil: counted.out.add(1, .ratio)
        }
        return .out
    }

    /// A span that was let in does not come: that of an SDK takes its place.
    mutating func withdraw(_ place: SpanContext, now: UInt64) {
        guard !place.sampling.isKept, let slot = open.slot(of: place.traceID) else { return }
        open[slot].underWay = max(0, open[slot].underWay - 1)
        // Of which nothing has come nothing need be remembered.
        if open[slot].underWay == 0, open[slot].deadline == nil { _ = open.close(slot) }
    }

    /// Holds a span of an undecided trace, or lets all of them go if it is what keeps them.
    ///
    /// - Parameters:
    ///   - span: a batch with this span alone.
    ///   - isRoot: whether nothing is above it.
    mutating func hold(
        _ span: borrowing SpanBatch, in slot: Int, isRoot: Bool, now: UInt64, into spans: inout SpanBatch
    ) {
        let reason = rules(of: slot).reason(span.spans[0], in: span)
        let number = hold.append(span, after: open[slot].last)
        if open[slot].first == SampleHold.none { open[slot].first = number }
        open[slot].last = number
        open[slot].underWay = max(0, open[slot].underWay - 1)
        open.age(slot, until: now &+ options.wait)
        if let reason { return keep(slot, reason, now: now, into: &spans) }
        if isRoot, !awaitsReceived { open.settle(slot, until: now &+ options.settling) }
        makeRoom(now: now, into: &spans)
    }

    /// Whether what a context says is all there is to say. One that was not recorded gets here only where all leave.
    private func isDecided(_ decision: SamplingDecision, _ options: SampleOptions) -> Bool {
        switch decision {
        case .undecided: false
        case .keep: options.isParentBased
        case .drop, .force: true
        }
    }

    /// Whether SDKs' spans may be what keeps a trace: they come seconds after its root.
    var awaitsReceived: Bool { options.takesReceivedSpans && !options.isParentBased }

    /// A request of a trace asks to be traced.
    private mutating func mark(_ trace: TraceID, now: UInt64) {
        if case .kept? = verdicts.verdict(of: trace, now: now) { return }
        verdicts.decide(trace, .kept(.nothing), now: now)
        counted.keptByRule.header += 1
    }

    private func lower(_ start: inout UInt64, to other: UInt64) {
        if other > 0, start == 0 || other < start { start = other }
    }
}
