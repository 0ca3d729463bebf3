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
        notes.reset(slot)
        shareShedding(slot, exchange.end, exchange.outcome)
        switch exchange.end.role {
        case .client: openedClient(slot, exchange, of: fields, into: &out)
        case .server: openedServer(slot, exchange, of: fields, into: &out)
        }
    }

    private mutating func openedServer(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch
    ) {
        if exchange.isRequestWhole { exchanges[slot].flags.insert(.whole) }
        began(slot, exchange, of: fields)
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

    /// A call's link is final, unless that makes it its own ancestor.
    ///
    /// - Parameter descendant: what hangs from the call already and waits for it.
    mutating func decided(_ slot: UInt32, through descendant: UInt32?) {
        exchanges[slot].flags.insert(.decided)
        if exchanges[slot].link.parent == nil, exchanges[slot].link.method != .none { counted.unsure &+= 1 }
        if let descendant { breakCycle(slot, through: descendant) }
        counted.count(exchanges[slot].link)
        if notes[slot].rivals > 0 {
            trust.concluded(isSpokenOf: notes[slot].opinions.areOfExecution, of: notes[slot].owner)
        }
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
    mutating func handOn(
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
        if exchange.outcome == .shed || exchanges[slot].flags.contains(.shed) {
            var changed = copy exchange
            changed.outcome = shedOutcome(of: slot, exchange.end)
            finallyClosed(slot, changed, of: fields, into: &out)
        } else {
            finallyClosed(slot, exchange, of: fields, into: &out)
        }
    }

    /// An exchange that is left out at one end is at the other as well, unless that is over.
    private mutating func shareShedding(_ slot: UInt32, _ end: ExchangeEnd, _ outcome: Outcome) {
        guard let other = flow.counterpart(of: end, exchanges) else {
            if outcome == .shed { exchanges[slot].flags.insert(.shed) }
            return
        }
        if exchanges[other].flags.contains(.shed) {
            exchanges[slot].flags.insert(.shed)
        } else if outcome == .shed, !exchanges[other].flags.contains(.closed) {
            exchanges[slot].flags.insert(.shed)
            exchanges[other].flags.insert(.shed)
        }
    }

    /// How an exchange is over that was left out at one of its ends: at both, unless its other end was over before.
    private mutating func shedOutcome(of slot: UInt32, _ end: ExchangeEnd) -> Outcome {
        let isKnown = exchanges[slot].flags.contains(.shed)
        exchanges[slot].flags.insert(.shed)
        guard let other = flow.counterpart(of: end, exchanges) else { return .shed }
        if !isKnown, exchanges[other].flags.contains(.closed) { return .shedAfterOther }
        exchanges[other].flags.insert(.shed)
        return .shed
    }

    private mutating func finallyClosed(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, into out: inout LinkedBatch
    ) {
        counted.closed &+= 1
        exchanges[slot].end = max(exchange.responseEnd.time, exchange.responseStart.time, exchange.requestEnd.time)
        switch exchange.end.role {
        case .client: ended(call: slot, exchange, of: fields)
        case .server: ended(request: slot, exchange, into: &out)
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

    /// A call's response was read, or it ended otherwise.
    private mutating func ended(call slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer) {
        if !exchanges[slot].flags.contains(.decided) {
            suggestEchoes(in: exchange, of: fields, for: slot, isFirst: false)
        }
        if exchange.responseEnd.time != 0 {
            worked(onBehalfOf: slot, at: exchange.responseEnd, .mayBeActedOn)
            handOver.read(exchanges.reference(to: slot), at: exchange.responseEnd, &counted)
        }
        answers.ended(slot)
        solver.callClosed(slot, at: exchanges[slot].end)
    }

    /// A request was answered, or it ended otherwise. A message that nobody answers only begins for its reader.
    private mutating func ended(
        request slot: UInt32, _ exchange: borrowing Exchange, into out: inout LinkedBatch
    ) {
        let answered = max(exchange.responseStart.time, exchange.responseEnd.time)
        if answered == 0, exchange.outcome == .complete {
            exchanges[slot].flags.insert(.oneWay)
            thread.leave(slot, &exchanges)
            leaveWindow(slot)
            return
        }
        if answered != 0 {
            let first = exchange.responseStart.time == 0 ? exchange.responseEnd : exchange.responseStart
            answerBegan(slot, at: first, into: &out)
        }
        thread.ended(slot, at: exchange.responseEnd, &exchanges, &counted)
        over(slot)
    }
}
