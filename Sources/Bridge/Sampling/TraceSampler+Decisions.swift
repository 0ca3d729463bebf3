internal import OTLP

/// What is decided about traces, and when.
extension TraceSampler {
    /// What is known of a trace; nil when that is nothing.
    mutating func known(of trace: TraceID, now: UInt64) -> Knowledge? {
        if let slot = open.slot(of: trace) { return .open(slot) }
        return verdicts.verdict(of: trace, now: now).map { .known($0) }
    }

    /// Decides about a trace of which nothing is known, or opens it.
    ///
    /// - Parameters:
    ///   - state: what its context says.
    ///   - era: in which its topmost request began; nil for the present one.
    ///   - operation: ``OperationKey``.
    mutating func decide(
        _ trace: TraceID, _ state: SamplingState, in era: SamplingEra? = nil,
        _ operation: @autoclosure () -> UInt64, now: UInt64
    ) -> Knowledge {
        // What was remembered would be known: nothing has been decided of this one.
        let era = era.flatMap { $0.isRemembered ? nil : $0 }
        let ratio = era?.ratio ?? ratio
        let hasRules = !(era?.options ?? options).rules.isEmpty
        // The ratio alone decides the same of a trace each time.
        let mustRemember = limiter != nil || options.takesReceivedSpans || era != nil
        let randomness = state.randomness ?? trace.randomness
        var threshold = ratio
        var reason: SampledOutReason? = ratio.keeps(randomness) ? nil : .ratio
        if reason == nil, limiter != nil, era == nil {
            let operation = operation()
            let probability = limiter?.offer(operation, now: now) ?? 1
            threshold = SamplingThreshold(probability: options.ratio * probability)
            if threshold.keeps(randomness) { limiter?.keep(operation) } else { reason = .rateLimit }
        }
        if let reason {
            if hasRules {
                let opened = era.map { $0.until &- 1 } ?? now
                return .open(open.open(OpenTrace(trace: trace, reason: reason, opened: opened)))
            }
            if mustRemember { verdicts.decide(trace, .out(reason), now: now) }
            return .known(.out(reason))
        }
        let isLimited = limiter != nil && era == nil
        let verdict = TraceVerdicts.Verdict.kept(written(threshold, over: state.threshold, isLimited: isLimited))
        if mustRemember { verdicts.decide(trace, verdict, now: now) }
        return .known(verdict)
    }

    /// What is said of the probability: nothing where none was asked for, and never a lower threshold than was.
    private func written(
        _ threshold: SamplingThreshold, over former: SamplingThreshold?, isLimited: Bool
    ) -> SamplingNote.Written? {
        guard threshold != .all || isLimited else { return nil }
        guard let former, former.value > threshold.value else { return .threshold(threshold) }
        return .threshold(former)
    }

    /// Lets a trace go, since something keeps it.
    mutating func keep(_ slot: Int, _ reason: KeepReason, now: UInt64, into spans: inout SpanBatch) {
        let trace = open.close(slot)
        counted.keptByRule.add(reason)
        verdicts.decide(trace.trace, .kept(.nothing), now: now)
        _ = hold.release(from: trace.first, into: &spans)
        forget(trace.received)
        leaving += trace.received
    }

    /// Ends the waiting for a trace that nothing has kept.
    mutating func end(
        _ slot: Int, _ ending: WritableKeyPath<HoldEndings, UInt64>, now: UInt64, into spans: inout SpanBatch
    ) {
        // Its root will be slow whenever it ends.
        if open[slot].settled == nil, rules(of: slot).isSlow(since: open[slot].rootStart, now: now) {
            return keep(slot, .slow, now: now, into: &spans)
        }
        let trace = open.close(slot)
        counted.ended[keyPath: ending] += 1
        verdicts.decide(trace.trace, .out(trace.reason), now: now)
        counted.out.add(hold.discard(from: trace.first), trace.reason)
        forget(trace.received)
        for piece in trace.received { counted.receivedOut.add(piece.batch.items, trace.reason) }
    }

    private mutating func forget(_ pieces: [HeldPiece]) {
        for piece in pieces {
            receivedBytes -= piece.size
            receivedHeld -= piece.batch.items
        }
    }

    // MARK: - Time

    /// Lets go of what has been held long enough.
    mutating func advance(now: UInt64, into spans: inout SpanBatch) {
        while let slot = open.firstSettling, let moment = open[slot].settled, moment <= now {
            if open[slot].underWay > 0, options.settling > 0 {
                // A span of it will come.
                open.settleAgain(slot, until: now &+ options.settling)
            } else {
                end(slot, \.rootEnded, now: now, into: &spans)
            }
        }
        while let slot = open.oldest, let deadline = open[slot].deadline, deadline <= now {
            end(slot, \.waited, now: now, into: &spans)
        }
        verdicts.advance(to: now)
        if let oldest = eras.first, oldest.until &+ options.memory < now { eras.removeFirst() }
    }

    /// Lets go of everything: nothing more will come.
    mutating func finish(now: UInt64, into spans: inout SpanBatch) {
        while let slot = open.oldest { end(slot, \.finished, now: now, into: &spans) }
    }

    /// What SDKs sent of traces that were held and are kept, since the last call.
    mutating func takeLeaving(_ pieces: inout [HeldPiece]) {
        guard !leaving.isEmpty else { return }
        pieces += leaving
        leaving.removeAll(keepingCapacity: true)
    }

    /// Decides the oldest first where more is held than may be.
    mutating func makeRoom(now: UInt64, into spans: inout SpanBatch) {
        while heldBytes > options.maximumMemory, let slot = open.oldest {
            end(slot, \.crowdedOut, now: now, into: &spans)
        }
    }
}
