import Capture
internal import Glibc

/// How the windowed stage is told what happened, and what comes of its decisions.
extension Correlator {
    /// A server read a request.
    mutating func began(_ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer) {
        handOver.read(exchanges.reference(to: slot), at: exchange.requestEnd, &counted)
        guard let owner = OwnerKey(exchange) else { return }
        let reference = trust.owner(owner, &counted)
        notes[slot].owner = reference
        notes[slot].isCounted = true
        trust.opened(reference)
        if options.usesValues {
            let values = ValueHashes(of: exchange, in: fields)
            echo.opened(slot, of: owner, values: values, at: exchanges[slot].start)
        }
        guard options.usesTiming else { return }
        notes[slot].isInWindow = true
        solver.requestOpened(
            slot, of: owner, operation: Operation.hash(of: exchange, in: fields), at: exchanges[slot].start)
    }

    /// A request is over, or not remembered any more.
    mutating func over(_ slot: UInt32) {
        if isNoLongerOpen(slot) { solver.requestClosed(slot, at: exchanges[slot].end) }
    }

    /// A message that nobody answers was read: nothing tells when work on it is over, so timing says nothing of it.
    mutating func leaveWindow(_ slot: UInt32) {
        guard isNoLongerOpen(slot) else { return }
        notes[slot].isInWindow = false
        solver.remove(request: slot)
    }

    /// A request is not open any more; false when that was known.
    private mutating func isNoLongerOpen(_ slot: UInt32) -> Bool {
        guard notes[slot].isCounted else { return false }
        notes[slot].isCounted = false
        trust.closed(notes[slot].owner)
        echo.closed(slot, at: exchanges[slot].end)
        return true
    }

    /// A call waits: the solver is told of it, and what evidence says so far.
    mutating func enterWindow(_ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer) {
        let isOpen = open(slot, exchange, of: fields)
        suggestEchoes(in: exchange, of: fields, for: slot, isFirst: true)
        guard isOpen else { return }
        let opinions = notes[slot].opinions
        for index in 0..<opinions.count
        where opinions[index].kind != .values && opinions[index].isHeard {
            suggest(opinions[index].request, for: slot, opinions[index].probability)
        }
        suggestRequests(of: exchange.requestStart, for: slot)
    }

    /// The requests whose values reappear in a call.
    ///
    /// - Parameter isFirst: false when more of the call's values became known.
    mutating func suggestEchoes(
        in exchange: borrowing Exchange, of fields: borrowing FieldBuffer, for call: UInt32, isFirst: Bool
    ) {
        guard options.usesValues, let owner = OwnerKey(exchange) else { return }
        let values = ValueHashes(of: exchange, in: fields)
        guard values.count > notes[call].values else { return }
        notes[call].values = values.count
        let known = notes[call].opinions.opinion(of: .values)
        echo.suggestions(of: owner, values: values, at: exchanges[call].start, isFirst: isFirst, into: &echoed)
        for item in echoed where exchanges.key(of: item.request).id != exchanges.key(of: call).id {
            let odds = min(max(item.logOdds, -12), 12)
            let reference = exchanges.reference(to: item.request)
            let probability = 1 / (1 + exp(-odds))
            if probability > notes[call].opinions.opinion(of: .values)?.probability ?? 0 {
                notes[call].opinions.add(Opinion(request: reference, kind: .values, probability: probability))
            }
            // The solver hears of each of them, rather than of the likeliest as an opinion.
            if notes[item.request].isInWindow {
                let said = known.map { $0.request == reference ? log($0.probability / (1 - $0.probability)) : 0 } ?? 0
                solver.suggest(item.request, for: call, logOdds: odds - said)
            }
        }
        echoed.removeAll(keepingCapacity: true)
    }

    /// A call was decided at once: the solver learns from it.
    mutating func settleInWindow(_ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer) {
        guard open(slot, exchange, of: fields) else { return }
        let parent = exchanges[slot].parent
        let request = parent != .none && notes[parent.slot].isInWindow ? parent.slot : nil
        solver.settled(slot, request)
        if options.usesValues, let owner = OwnerKey(exchange) {
            let values = ValueHashes(of: exchange, in: fields)
            if values.count > 0 { echo.proved(request, for: values, of: owner) }
        }
    }

    private mutating func open(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer
    ) -> Bool {
        guard options.usesTiming, options.minConfidence <= 1, let owner = OwnerKey(exchange) else { return false }
        solver.callOpened(
            slot, of: owner, operation: Operation.hash(of: exchange, in: fields), at: exchanges[slot].start)
        return true
    }

    /// A request is likely to have caused a call, so likely.
    mutating func suggest(_ request: SlotReference, for call: UInt32, _ probability: Float) {
        guard exchanges.contains(request), notes[request.slot].isInWindow else { return }
        solver.suggest(request.slot, for: call, logOdds: logOdds(ofOneOf: 1, probability, for: call))
    }

    /// Of several event loops in one process, each makes the calls of the requests that it read.
    private mutating func suggestRequests(of point: ExecutionPoint, for call: UInt32) {
        let owner = notes[call].owner
        let members = thread.openRequests(at: point, besides: .max, &exchanges)
        guard members > 1, members < trust.open(owner) else { return }
        thread.requests(of: point, atMost: Correlator.maximumCandidates, &exchanges, into: &candidates)
        let reliability = Float(thread.reliability(at: point, &exchanges)) * trust.mean(.reader, of: owner)
        let logOdds = logOdds(ofOneOf: members, reliability, for: call)
        for request in candidates where notes[request].isInWindow {
            solver.suggest(request, for: call, logOdds: logOdds)
        }
        candidates.removeAll(keepingCapacity: true)
    }

    /// So many open requests are many for timing alone. Where threads are known and have told nothing in a process, its work
    /// changes hands unseen, and there is nothing to hold what was learned of its delays against: of more it says less.
    private static var many: Float { 8 }

    /// Requests of one unit that are looked at for a call.
    static var maximumCandidates: Int { 64 }

    /// One of so many requests caused a call, so likely: how much that speaks for each of them, against each of the others
    /// that are open.
    private func logOdds(ofOneOf members: UInt32, _ probability: Float, for call: UInt32) -> Float {
        let others = Float(max(trust.open(notes[call].owner), members + 1) - members)
        let within = min(max(probability, 1e-4), 1 - 1e-5) / Float(members)
        let beyond = (1 - within * Float(members)) / others
        return log(within / beyond)
    }

    /// Takes over what the solver decided.
    mutating func decideSolved(into out: inout LinkedBatch) {
        guard options.usesTiming else { return }
        solver.solve(watermark: watermark, into: &solved)
        for decision in solved where !exchanges[decision.call].flags.contains(.decided) {
            if notes[decision.call].isListed { unlist(decision.call) }
            take(decision, into: &out)
        }
        solved.removeAll(keepingCapacity: true)
    }

    /// Decides a call that waited by what is known now.
    mutating func decideNow(_ slot: UInt32, isForced: Bool, into out: inout LinkedBatch) {
        if notes[slot].isListed { unlist(slot, isForced: isForced) }
        guard options.usesTiming, notes[slot].owner != .none else {
            return conclude(slot, notes[slot].opinions.best(), into: &out)
        }
        take(solver.decide(slot), into: &out)
    }

    /// The solver knows the requests of one process that are answered; evidence may name another.
    private mutating func take(_ decision: WindowDecision, into out: inout LinkedBatch) {
        let opinions = notes[decision.call].opinions
        guard decision.request != .max else {
            let best = opinions.best().flatMap { best in
                exchanges.contains(best.request) && notes[best.request.slot].isInWindow ? nil : best
            }
            return conclude(decision.call, best, into: &out)
        }
        let request = exchanges.reference(to: decision.request)
        var opinion = Opinion(request: request, kind: .timing, probability: Float(decision.probability))
        if let surest = opinions.surest(of: request), surest.probability > 0.5 { opinion.kind = surest.kind }
        let rivals = Float(notes[decision.call].rivals)
        if opinion.kind == .timing, rivals > Correlator.many, !trust.isInformed(notes[decision.call].owner) {
            opinion.probability *= (Correlator.many / rivals) * (Correlator.many / rivals)
        }
        if opinion.kind == .timing, rivals > 0, !opinions.areOfExecution {
            opinion.probability *= trust.worthOfSilence(of: notes[decision.call].owner)
        }
        conclude(decision.call, opinion, into: &out)
    }
}
