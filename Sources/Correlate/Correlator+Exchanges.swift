import Capture

/// How exchanges begin and end.
extension Correlator {
    mutating func opened(_ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch)
    {
        guard exchanges.find(exchange.end) == nil else {
            counted.duplicates &+= 1
            return
        }
        counted.opened &+= 1
        if exchanges.isFull { makeRoom(into: &out) }
        let slot = exchanges.insert(
            exchange.end, ExchangeState(start: exchange.requestStart.time, socket: exchange.socket),
            queue: ExchangeTable.open)
        switch exchange.end.role {
        case .client: openedClient(slot, exchange, of: fields, into: &out)
        case .server: openedServer(slot, exchange, of: fields, into: &out)
        }
    }

    private mutating func openedClient(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch
    ) {
        let carried = requestIDs.ids(of: exchange, in: fields, .requestHeader, &counted)
        decideCall(slot, exchange, carried)
        thread.worked(on: exchanges[slot].parent, at: exchange.requestStart, &exchanges, &counted)
        let server = flow.counterpart(of: exchange.end, exchanges)
        let isServerUndecided = server.map { exchanges.queue(of: $0) == ExchangeTable.undecided } ?? false
        if server != nil, !isServerUndecided { counted.lateJoins &+= 1 }
        if let carried, mayBeToldMore(of: slot, exchange, carried) {
            awaitAnswer(slot, exchange, of: fields, into: &out)
        } else {
            decided(slot, through: isServerUndecided ? server : nil)
            handOn(slot, exchange, of: fields, into: &out)
        }
        // Looked up again: room may have been made meanwhile, by deciding just this one.
        guard let server = flow.counterpart(of: exchange.end, exchanges),
            exchanges.queue(of: server) == ExchangeTable.undecided
        else { return }
        settle(server, flow.link(to: exchange.end), parent: exchanges.reference(to: slot), into: &out)
    }

    private mutating func openedServer(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch
    ) {
        if exchange.isRequestWhole { exchanges[slot].flags.insert(.whole) }
        thread.read(slot, at: exchange.requestEnd, isHead: true, &exchanges, &counted)
        requestIDs.opened(slot, exchange, of: fields, &exchanges, &counted)
        if let client = flow.counterpart(of: exchange.end, exchanges) {
            exchanges[slot].link = flow.link(to: exchanges.key(of: client))
            exchanges[slot].parent = exchanges.reference(to: client)
            exchanges[slot].flags.insert(.decided)
            counted.count(exchanges[slot].link)
            handOn(slot, exchange, of: fields, into: &out)
        } else {
            while !outbox.hasRoom(for: exchange, of: fields) { relieve(into: &out) }
            outbox.holdOpened(slot, exchange, of: fields, &exchanges)
            exchanges[slot].deadline = flow.deadline(for: exchange, watermark: watermark)
            exchanges.move(slot, to: ExchangeTable.undecided)
            counted.undecided &+= 1
        }
    }

    /// Asks all evidence for the parent of a call. The order is that of the methods' names where several agree.
    private mutating func decideCall(_ slot: UInt32, _ exchange: borrowing Exchange, _ carried: CarriedIDs?) {
        var decision = Decision()
        let time = exchange.requestStart.time
        let named = carried.map { requestIDs.standing(of: slot, $0, at: time, exchanges) } ?? .nothing
        let opening = socket.opening(of: exchange, exchanges)
        // A connection that was opened in an earlier turn is written to because it stands, not because of what its thread
        // did in this one.
        if opening.standing.choices == 0 || opening.isInSameTurn {
            let own = standing(at: exchange.requestStart)
            thread.acted(own.standing, at: exchange.requestStart, &exchanges)
            decision.add(
                own.standing, method: own.method,
                weight: own.method == .thread ? ThreadEvidence.weight : ForkEvidence.weight)
            if own.method == .thread, own.standing.choices == 1, named.choices == 1,
                let unit = UnitKey(exchange.requestStart)
            {
                thread.proved(own.standing.candidate == named.candidate, of: unit)
            }
        }
        decision.add(opening.standing, method: .socket, weight: SocketEvidence.weight)
        // An id that does not single out a request may well be a constant, which must not weaken anything.
        if named.choices == 1 || decision.isEmpty {
            decision.add(named, method: .requestID, weight: RequestIDEvidence.weight)
        }
        take(decision, for: slot)
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

    /// A call's link is final, unless that makes it its own ancestor.
    ///
    /// - Parameter descendant: what hangs from the call already and waits for it.
    mutating func decided(_ slot: UInt32, through descendant: UInt32?) {
        exchanges[slot].flags.insert(.decided)
        if exchanges[slot].link.parent == nil, exchanges[slot].link.method != .none { counted.unsure &+= 1 }
        if let descendant { breakCycle(slot, through: descendant) }
        counted.count(exchanges[slot].link)
    }

    /// A call cannot be caused by what it caused. Where that is already among its ancestors (its own server end, or, of a
    /// call that waited, the call itself), that is the weaker evidence's mistake, and the call goes without a parent.
    private mutating func breakCycle(_ call: UInt32, through descendant: UInt32) {
        var ancestor = exchanges[call].parent
        // So long a chain of exchanges that all wait is not worth following: then, too, the parent is dropped.
        for _ in 0..<Correlator.maximumDepth {
            guard outbox.isWaiting(for: ancestor, exchanges) else { return }
            if ancestor.slot == descendant { break }
            ancestor = exchanges[ancestor.slot].parent
        }
        counted.cycles &+= 1
        exchanges[call].link.parent = nil
        exchanges[call].parent = .none
    }

    /// Ancestors that are looked at for a cycle.
    private static var maximumDepth: Int { 1024 }

    /// Hands on an opened exchange whose parent is decided, or holds it until its parent has left.
    private mutating func handOn(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch
    ) {
        while !outbox.isFree(slot, exchanges) {
            if outbox.hasRoom(for: exchange, of: fields) {
                return outbox.holdOpened(slot, exchange, of: fields, &exchanges)
            }
            relieve(into: &out)
        }
        outbox.emitOpened(slot, exchange, of: fields, &exchanges, into: &out, &counted)
    }

    mutating func closed(_ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch)
    {
        guard let slot = exchanges.find(exchange.end) else {
            counted.unmatchedCloses &+= 1
            return
        }
        guard !exchanges[slot].flags.contains(.closed) else {
            counted.duplicates &+= 1
            return
        }
        counted.closed &+= 1
        exchanges[slot].end = max(exchange.responseEnd.time, exchange.responseStart.time, exchange.requestEnd.time)
        let (answered, outcome) = (max(exchange.responseStart.time, exchange.responseEnd.time), exchange.outcome)
        let isMessage = answered == 0 && outcome == .complete
        switch exchange.end.role {
        case .client where exchange.responseEnd.time != 0:
            thread.worked(on: likelyParent(of: slot), at: exchange.responseEnd, &exchanges, &counted)
        case .client: break
        case .server where isMessage:
            exchanges[slot].flags.insert(.oneWay)
            thread.leave(slot, &exchanges)
        case .server: thread.ended(slot, at: exchange.responseEnd, &exchanges, &counted)
        }
        exchanges[slot].flags.insert(.closed)
        if exchange.end.role == .server { concludeCalls(after: slot, exchange, of: fields, into: &out) }
        while !exchanges[slot].flags.contains(.emitted) {
            if outbox.hasRoom(for: exchange, of: fields) {
                return outbox.holdClosed(slot, exchange, of: fields, &exchanges)
            }
            relieve(into: &out)
        }
        outbox.emitClosed(slot, exchange, of: fields, exchanges, into: &out, &counted)
        exchanges.move(slot, to: ExchangeTable.closed)
    }
}
