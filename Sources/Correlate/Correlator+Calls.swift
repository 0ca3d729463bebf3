import Capture

/// How calls begin, and what is certain at once.
extension Correlator {
    /// From here on, a parent is known well enough not to wait for more evidence.
    static var certainty: Double { 0.9 }
    /// How often order must have held to be evidence.
    private static var leastOrder: Float { 0.7 }

    mutating func openedClient(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch
    ) {
        let point = exchange.requestStart
        if let owner = OwnerKey(exchange) { notes[slot].owner = trust.owner(owner, &counted) }
        notes[slot].unitKind = point.unitKind
        if point.thread != 0 { notes[slot].rivals = trust.open(notes[slot].owner) }
        let carried = requestIDs.ids(of: exchange, in: fields, .requestHeader, &counted)
        propose(slot, exchange, carried)
        follow(slot, at: point)
        order(slot, at: point)
        let server = flow.counterpart(of: exchange.end, exchanges)
        let isServerUndecided = server.map { exchanges.queue(of: $0) == ExchangeTable.undecided } ?? false
        if server != nil, !isServerUndecided { counted.lateJoins &+= 1 }
        let waits = mustWait(slot, exchange, of: fields, carried)
        answers.wrote(slot, at: point, &counted)
        if waits {
            enterWindow(slot, exchange, of: fields)
            awaitEvidence(slot, exchange, of: fields, into: &out)
            thread.worked(on: exchanges.likelyParent(of: slot), at: point, .act, &exchanges, &counted)
        } else {
            decided(slot, through: isServerUndecided ? server : nil)
            thread.worked(on: exchanges.likelyParent(of: slot), at: point, .act, &exchanges, &counted)
            settleInWindow(slot, exchange, of: fields)
            handOn(slot, exchange, of: fields, into: &out)
        }
        // Looked up again: room may have been made meanwhile, by deciding just this one.
        guard let server = flow.counterpart(of: exchange.end, exchanges),
            exchanges.queue(of: server) == ExchangeTable.undecided
        else { return }
        settle(server, flow.link(to: exchange.end), parent: exchanges.reference(to: slot), into: &out)
    }

    /// Asks the evidence that there is when a call is written. The order is that of the methods' names where several agree.
    private mutating func propose(_ slot: UInt32, _ exchange: borrowing Exchange, _ carried: CarriedIDs?) {
        var decision = Decision()
        let time = exchange.requestStart.time
        let named = carried.map { requestIDs.standing(of: slot, $0, at: time, exchanges) } ?? .nothing
        let opening = socket.opening(of: exchange, exchanges)
        // A connection that was opened in an earlier turn is written to because it stands, not because of what its thread
        // did in this one.
        if opening.standing.choices == 0 || opening.isInSameTurn {
            if thread.isCauseless(at: exchange.requestStart, &exchanges) {
                trust.proved(false, .reader, of: notes[slot].owner)
            }
            let own = standing(at: exchange.requestStart)
            thread.acted(own.standing, at: exchange.requestStart, &exchanges)
            decision.add(
                own.standing, method: own.method,
                weight: own.method == .thread ? ThreadEvidence.weight : ForkEvidence.weight)
            note(own.standing, own.method == .thread ? .reader : .fork, of: slot)
            if own.method == .thread, own.standing.choices == 1, named.choices == 1,
                let unit = UnitKey(exchange.requestStart)
            {
                thread.proved(own.standing.candidate == named.candidate, of: unit)
            }
        }
        decision.add(opening.standing, method: .socket, weight: SocketEvidence.weight)
        note(opening.standing, .socket, of: slot)
        // An id that does not single out a request may well be a constant, which must not weaken anything.
        if named.choices == 1 || decision.isEmpty {
            decision.add(named, method: .requestID, weight: RequestIDEvidence.weight)
            note(named, .requestID, of: slot)
        }
        take(decision, for: slot)
    }

    /// What was read just before a call was written: a response, whose call was then made for the same request, or the request.
    private mutating func follow(_ slot: UInt32, at point: ExecutionPoint) {
        notes[slot].follows = thread.continuedCall(at: point, &exchanges)
        let read = handOver.wrote(at: point)
        guard exchanges.contains(read) else { return }
        if exchanges.key(of: read.slot).role == .client {
            if notes[slot].follows == .none { (notes[slot].follows, notes[slot].followsBy) = (read, .handOver) }
        } else if exchanges.isAlive(read, at: point.time), notes[read.slot].owner == notes[slot].owner {
            let probability = trust.mean(.handOver, of: notes[slot].owner)
            notes[slot].opinions.add(Opinion(request: read, kind: .handOver, probability: probability))
        }
    }

    /// Loops that take up requests in the order in which they read them make their first calls in that order.
    private mutating func order(_ slot: UInt32, at point: ExecutionPoint) {
        if let supposed = notes[slot].opinions.best(), supposed.probability >= 0.5, exchanges.contains(supposed.request)
        {
            notes[supposed.request.slot].hasCall = true
        }
        guard notes[slot].follows == .none else { return }
        thread.requests(of: point, atMost: Correlator.maximumCandidates, &exchanges, into: &candidates)
        let isLoop = candidates.count > 1
        let first = candidates.first {
            !notes[$0].hasCall && exchanges[$0].start <= point.time
                && exchanges.key(of: $0).id != exchanges.key(of: slot).id
        }
        candidates.removeAll(keepingCapacity: true)
        guard isLoop, let first else { return }
        // Until it has proved to hold in a process, it is only remembered, to be proved.
        let worth = trust.mean(.order, of: notes[slot].owner)
        let probability = worth >= Correlator.leastOrder ? worth : Opinion.unproven
        let reference = exchanges.reference(to: first)
        notes[slot].opinions.add(Opinion(request: reference, kind: .order, probability: probability))
        notes[first].hasCall = true
    }

    /// Remembers what a kind of evidence says of a call, where it names a request.
    private mutating func note(_ standing: Standing, _ kind: EvidenceKind, of slot: UInt32) {
        guard standing.candidate != .none, standing.choices > 0 else { return }
        let share = Float(standing.reliability) / Float(standing.choices)
        let opinion = Opinion(
            request: standing.candidate, kind: kind, probability: share * trust.mean(kind, of: notes[slot].owner))
        notes[slot].opinions.add(opinion)
    }

    /// Links a call as its evidence says, if that is sure enough.
    mutating func take(_ decision: Decision, for slot: UInt32) {
        let outcome = decision.outcome()
        exchanges[slot].link = Link(parent: nil, method: outcome.method, confidence: outcome.confidence)
        exchanges[slot].parent = .none
        if let candidate = outcome.candidate, outcome.confidence >= options.minConfidence {
            exchanges[slot].link.parent = exchanges.key(of: candidate.slot)
            exchanges[slot].parent = candidate
        }
    }

    /// Whether more may become known of a call than its first evidence says. Of one that does not wait, how sure it is is
    /// what such evidence has proved to be worth.
    private mutating func mustWait(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, _ carried: CarriedIDs?
    ) -> Bool {
        guard options.minConfidence <= 1 else { return false }
        let link = exchanges[slot].link
        let isCertain = link.parent != nil && link.confidence >= Correlator.certainty
        if let carried,
            requestIDs.list(slot, carried, at: exchange.requestStart, isCertain: isCertain, &exchanges, &counted)
        {
            notes[slot].isListed = true
            return true
        }
        let owner = notes[slot].owner
        guard isCertain, let kind = link.method.kind else { return trust.open(owner) > 0 || link.method != .none }
        let parent = exchanges[slot].parent
        let isOwn = notes[parent.slot].owner == owner
        // What carries a trace context joins two traces, for which others wait; and that it does is evidence by itself.
        let joins = fields.first(.context, in: exchange.fields) != nil
        guard kind == .requestID || !isOwn || joins || trust.isProven(kind, of: owner) else { return true }
        exchanges[slot].link.confidence = link.confidence * Double(trust.mean(kind, of: owner))
        exchanges[slot].link.method = kind.method(unit: notes[slot].unitKind)
        if exchanges[slot].link.confidence < options.minConfidence {
            exchanges[slot].link.parent = nil
            exchanges[slot].parent = .none
        }
        return false
    }

    /// Holds a call until it is decided.
    private mutating func awaitEvidence(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch
    ) {
        // Nothing may wait for the parent that it will perhaps not have: the link alone remembers it.
        exchanges[slot].parent = .none
        while !outbox.hasRoom(for: exchange, of: fields) { relieve(into: &out) }
        outbox.holdOpened(slot, exchange, of: fields, &exchanges)
        let (deadline, overflow) = min(exchanges[slot].start, watermark).addingReportingOverflow(options.window)
        exchanges[slot].deadline = overflow ? .max : deadline
        exchanges.move(slot, to: ExchangeTable.unanswered)
        counted.undecided &+= 1
        trust.waits(notes[slot].owner)
    }

    /// A call that waited is decided: it is handed on, or waits for its parent to be.
    ///
    /// - Parameter opinion: its parent; nil when it has none.
    mutating func conclude(_ slot: UInt32, _ opinion: Opinion?, into out: inout LinkedBatch) {
        guard !exchanges[slot].flags.contains(.decided) else { return }
        // Without a parent it keeps what its first evidence said: one of so many, which are known by number alone.
        var link = exchanges[slot].link
        link.parent = nil
        exchanges[slot].parent = .none
        if let opinion {
            link.method = opinion.kind.method(unit: notes[slot].unitKind)
            link.confidence = Double(opinion.probability)
            if link.confidence >= options.minConfidence, exchanges.contains(opinion.request) {
                link.parent = exchanges.key(of: opinion.request.slot)
                exchanges[slot].parent = opinion.request
                prove(opinion.request, of: slot)
                if let ordered = notes[slot].opinions.opinion(of: .order)?.request, ordered != opinion.request {
                    if exchanges.contains(ordered) { notes[ordered.slot].hasCall = false }
                }
                notes[opinion.request.slot].hasCall = true
            }
        }
        exchanges[slot].link = link
        decided(slot, through: slot)
        exchanges.move(slot, to: ExchangeTable.open)
        counted.undecided &-= 1
        trust.waited(notes[slot].owner)
        outbox.release(slot, &exchanges, into: &out, &counted)
    }

    /// A call's request is known: each kind of evidence that spoke of it was right, or wrong, as far as another agrees with
    /// what was decided.
    private mutating func prove(_ request: SlotReference, of slot: UInt32) {
        let opinions = notes[slot].opinions
        for index in 0..<opinions.count {
            let (said, kind) = (opinions[index].request, opinions[index].kind)
            // What is less sure proves nothing wrong.
            let needed = said == request ? 0 : opinions[index].probability
            if opinions.support(for: request, besides: kind) > needed {
                trust.proved(said == request, kind, of: notes[slot].owner)
            }
        }
    }
}

extension LinkMethod {
    /// The kind of evidence that decides at once by this method.
    fileprivate var kind: EvidenceKind? {
        switch self {
        case .thread, .goroutine, .task: .reader
        case .fork: .fork
        case .socket: .socket
        case .requestID: .requestID
        case .none, .flow, .values, .timing: nil
        }
    }
}
