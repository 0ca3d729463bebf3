import Capture

/// How what waits is decided, and how memory stays bounded.
extension Correlator {
    /// Decides a server end that waited for its client end, or a call that waited for an answer.
    mutating func settle(_ slot: UInt32, _ link: Link, parent: SlotReference, into out: inout LinkedBatch) {
        exchanges[slot].link = link
        exchanges[slot].parent = parent
        exchanges[slot].flags.insert(.decided)
        exchanges.move(slot, to: ExchangeTable.open)
        counted.undecided &-= 1
        counted.count(link)
        outbox.release(slot, &exchanges, into: &out, &counted)
    }

    /// Decides what waits by what is known now: nothing observed caused a server end whose client end did not come.
    mutating func decideAlone(_ slot: UInt32, isForced: Bool = false, into out: inout LinkedBatch) {
        switch exchanges.key(of: slot).role {
        case .client: decideNow(slot, isForced: isForced, into: &out)
        case .server: settle(slot, .none, parent: .none, into: &out)
        }
    }

    /// Decides the server ends whose client end cannot come any more, and the calls that have waited for long enough.
    mutating func decideOverdue(into out: inout LinkedBatch) {
        decideOverdue(ExchangeTable.undecided, into: &out)
        decideOverdue(ExchangeTable.unanswered, into: &out)
    }

    private mutating func decideOverdue(_ queue: Int, into out: inout LinkedBatch) {
        while let oldest = exchanges.oldest(queue), exchanges[oldest].deadline <= watermark {
            decideAlone(oldest, into: &out)
        }
    }

    /// The server end, or the call, that has waited for longest.
    func oldestUndecided() -> UInt32? {
        guard let server = exchanges.oldest(ExchangeTable.undecided) else {
            return exchanges.oldest(ExchangeTable.unanswered)
        }
        guard let call = exchanges.oldest(ExchangeTable.unanswered) else { return server }
        return exchanges[call].start < exchanges[server].start ? call : server
    }

    /// Decides what has waited for longest, so that what is held for it leaves. All that is held waits for some undecided
    /// exchange, so this empties the store in the end.
    mutating func relieve(into out: inout LinkedBatch) {
        guard let oldest = oldestUndecided() else { return }
        counted[evicted: .undecided] &+= 1
        decideAlone(oldest, isForced: true, into: &out)
    }

    /// Forgets what is over for longer than it is of use.
    mutating func forgetExpired() {
        while let oldest = exchanges.oldest(ExchangeTable.closed) {
            let (expiry, overflow) = exchanges[oldest].end.addingReportingOverflow(options.retention)
            guard !overflow, expiry <= watermark else { return }
            remove(oldest)
        }
        requestIDs.forgetExpired(watermark)
        echo.forgetExpired(watermark)
    }

    /// Makes room for an exchange: the oldest that is over goes, else the oldest that was handed on, else the oldest that
    /// waits is decided first.
    mutating func makeRoom(into out: inout LinkedBatch) {
        while exchanges.isFull {
            if let oldest = exchanges.oldest(ExchangeTable.closed) {
                counted[evicted: .closedExchange] &+= 1
                remove(oldest)
            } else if let oldest = exchanges.oldest(ExchangeTable.open), exchanges[oldest].flags.contains(.emitted) {
                counted[evicted: .openExchange] &+= 1
                remove(oldest)
            } else {
                relieve(into: &out)
            }
        }
    }

    private mutating func remove(_ slot: UInt32) {
        thread.leave(slot, &exchanges)
        switch exchanges.key(of: slot).role {
        case .client:
            requestIDs.forget(slot)
            answers.leave(slot)
            solver.remove(call: slot)
        case .server:
            requestIDs.leave(slot, &exchanges)
            over(slot)
            echo.forget(slot)
            solver.remove(request: slot)
        }
        exchanges.remove(slot)
    }
}
