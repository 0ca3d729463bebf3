import Capture

/// Calls whose parent the answer to the request that caused them tells.
extension Correlator {
    /// From here on, a parent is known well enough not to wait for more evidence.
    private static var certainty: Double { 0.9 }

    /// Whether a call must wait, since an answer may still tell on whose behalf it was made. One whose parent is known for
    /// certain does not, once answers have shown in its process that such certainty is to be trusted.
    mutating func mayBeToldMore(of slot: UInt32, _ exchange: borrowing Exchange, _ carried: CarriedIDs) -> Bool {
        guard options.minConfidence <= 1 else { return false }
        let link = exchanges[slot].link
        let isCertain = link.parent != nil && link.confidence >= Correlator.certainty
        return requestIDs.list(
            slot, carried, at: exchange.requestStart, isCertain: isCertain, &exchanges, &counted)
    }

    /// Holds a call until an answer tells of it, or none can any more.
    mutating func awaitAnswer(
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
    }

    /// What a call is most likely made for, decided or not.
    func likelyParent(of slot: UInt32) -> SlotReference {
        guard !exchanges[slot].flags.contains(.decided), let end = exchanges[slot].link.parent,
            let parent = exchanges.find(end)
        else { return exchanges[slot].parent }
        return exchanges.reference(to: parent)
    }

    /// A request is over: calls that its answer tells of are decided, and those that no answer can tell of any more.
    mutating func concludeCalls(
        after request: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer,
        into out: inout LinkedBatch
    ) {
        requestIDs.closed(request, exchange, of: fields, &exchanges, &counted, ready: &ready)
        guard !ready.isEmpty else { return }
        for call in ready { conclude(call, into: &out) }
        ready.removeAll(keepingCapacity: true)
    }

    /// Decides a call that waited, by what its own evidence and an answer said. Of one that was decided before, the answer
    /// tells whether that was right.
    ///
    /// - Parameter isForced: whether it would wait on if there were room.
    mutating func conclude(_ slot: UInt32, isForced: Bool = false, into out: inout LinkedBatch) {
        let hasWaited = !exchanges[slot].flags.contains(.decided)
        let link = exchanges[slot].link
        let supposed = likelyParent(of: slot)
        let told = requestIDs.conclude(slot, supposed: supposed, hasWaited: hasWaited && !isForced, &exchanges)
        if let told, told.standing.choices == 1 {
            if link.method == .thread, supposed != .none, let unit = told.unit {
                thread.proved(supposed == told.standing.candidate, of: unit)
            }
            if hasWaited {
                var decision = Decision()
                decision.add(told.standing, method: .requestID, weight: RequestIDEvidence.weight)
                if supposed != .none {
                    let standing = Standing(candidate: supposed, choices: 1, reliability: link.confidence)
                    decision.add(standing, method: link.method, weight: ThreadEvidence.weight)
                }
                take(decision, for: slot)
            }
        } else if hasWaited {
            exchanges[slot].parent = supposed
        }
        guard hasWaited else { return }
        decided(slot, through: slot)
        exchanges.move(slot, to: ExchangeTable.open)
        counted.undecided &-= 1
        outbox.release(slot, &exchanges, into: &out, &counted)
    }
}
