import Capture

/// What the answers to requests tell of the calls that were made for them.
extension Correlator {
    /// Calls made one after the other that are told of together at most.
    private static var maximumChain: Int { 64 }

    /// The first byte of an answer was written.
    mutating func answerBegan(_ request: UInt32, at point: ExecutionPoint, into out: inout LinkedBatch) {
        guard !exchanges[request].flags.contains(.answering) else {
            _ = handOver.wrote(at: point)
            return
        }
        exchanges[request].flags.insert(.answering)
        guard point.thread != 0 else { return }
        let others = thread.openRequests(at: point, besides: request, &exchanges)
        answers.answered(
            at: point, since: exchanges[request].start, isShared: others > 0, &counted, into: &told)
        tellOfTurn(at: point)
        tellOfHandOver(of: request, at: point)
        // A loop that answers without having read anything first waits for something else as well: a timer, another thread.
        // What it read may then have led to nothing yet.
        let isCaused = thread.answers(exchanges.reference(to: request), at: point, &exchanges)
        if !isCaused || told.contains(where: { $0.kind == .turn }) {
            trust.proved(isCaused, .turn, of: notes[request].owner)
        }
        guard !told.isEmpty else { return }
        tellOfChains()
        let reference = exchanges.reference(to: request)
        for item in told { tell(item.call, reference, item.kind) }
        for item in told { concludeIfSure(item.call, into: &out) }
        told.removeAll(keepingCapacity: true)
    }

    /// The call whose response was read in this turn.
    private mutating func tellOfTurn(at point: ExecutionPoint) {
        let call = thread.continuedCall(at: point, &exchanges)
        if exchanges.contains(call) { told.append(ToldCall(call: call.slot, kind: .turn)) }
    }

    private mutating func tellOfHandOver(of request: UInt32, at point: ExecutionPoint) {
        let call = handOver.wrote(at: point)
        if exchanges.contains(call), exchanges.key(of: call.slot).role == .client {
            told.append(ToldCall(call: call.slot, kind: .handOver))
        } else if point.unit != 0, told.isEmpty, trust.waiting(notes[request].owner) > 0 {
            // Where answers often come without one before them, what comes before others is often chance.
            trust.proved(false, .handOver, of: notes[request].owner)
        }
    }

    /// Those that had been made before a call that is told of, each of which led to the next.
    private mutating func tellOfChains() {
        for index in told.indices {
            var call = told[index].call
            for _ in 0..<Correlator.maximumChain {
                let previous = notes[call].follows
                guard exchanges.contains(previous) else { break }
                told.append(ToldCall(call: previous.slot, kind: notes[call].followsBy))
                call = previous.slot
            }
        }
    }

    /// Evidence tells for which request a call was made. Where that is decided already, it tells whether it was well decided.
    mutating func tell(_ call: UInt32, _ request: SlotReference, _ kind: EvidenceKind, reliability: Double = 1) {
        let owner = notes[call].owner
        guard exchanges[call].start >= exchanges[request.slot].start, notes[request.slot].owner == owner,
            exchanges.key(of: call).id != exchanges.key(of: request.slot).id
        else { return }
        let probability = trust.mean(kind, of: owner) * Float(reliability)
        if exchanges[call].flags.contains(.decided) {
            let opinions = notes[call].opinions
            for index in 0..<opinions.count where opinions[index].kind != kind {
                let isRight = opinions[index].request == request
                // What is less sure proves nothing wrong.
                if isRight || probability >= trust.mean(opinions[index].kind, of: owner) {
                    trust.proved(isRight, opinions[index].kind, of: owner)
                }
            }
            return
        }
        notes[call].opinions.add(Opinion(request: request, kind: kind, probability: probability))
        suggest(request, for: call, probability)
    }

    /// Decides a call by what it was told, where that is sure and nothing more may be told.
    private mutating func concludeIfSure(_ call: UInt32, into out: inout LinkedBatch) {
        guard !exchanges[call].flags.contains(.decided), !notes[call].isListed,
            let best = notes[call].opinions.best(), Double(best.probability) >= Correlator.certainty,
            exchanges.contains(best.request)
        else { return }
        solver.settled(call, best.request.slot)
        conclude(call, best, into: &out)
    }

    /// A request is over: calls that its answer's ids tell of are decided, and those of which no answer can tell any more
    /// are left to other evidence.
    mutating func concludeCalls(
        after request: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer,
        into out: inout LinkedBatch
    ) {
        requestIDs.closed(request, exchange, of: fields, &exchanges, &counted, ready: &ready)
        guard !ready.isEmpty else { return }
        for call in ready {
            unlist(call)
            concludeIfSure(call, into: &out)
        }
        ready.removeAll(keepingCapacity: true)
    }

    /// No id will tell more of a call than has been told.
    ///
    /// - Parameter isForced: whether it would wait on if there were room.
    mutating func unlist(_ call: UInt32, isForced: Bool = false) {
        let supposed = exchanges.likelyParent(of: call)
        let hasWaited = notes[call].isListed && !isForced
        notes[call].isListed = false
        let found = requestIDs.conclude(call, supposed: supposed, hasWaited: hasWaited, &exchanges)
        guard let found, found.standing.choices == 1 else { return }
        if exchanges[call].link.method == .thread, supposed != .none, let unit = found.unit {
            thread.proved(supposed == found.standing.candidate, of: unit)
        }
        tell(call, found.standing.candidate, .requestID, reliability: found.standing.reliability)
    }
}
