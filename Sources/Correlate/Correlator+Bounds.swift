import Capture

/// How what waits is decided, and how memory stays bounded.
extension Correlator {
    /// Decides a server end that waited for its client end.
    mutating func settle(_ slot: UInt32, _ link: Link, parent: SlotReference, into out: inout LinkedBatch) {
        exchanges[slot].link = link
        exchanges[slot].parent = parent
        exchanges[slot].flags.insert(.decided)
        exchanges.move(slot, to: ExchangeTable.open)
        counted.undecided &-= 1
        counted.count(link)
        outbox.release(slot, &exchanges, into: &out, &counted)
    }

    /// Decides a server end whose client end did not come: nothing observed caused it.
    mutating func decideAlone(_ slot: UInt32, into out: inout LinkedBatch) {
        settle(slot, .none, parent: .none, into: &out)
    }

    /// Decides the server ends whose client end cannot come any more.
    mutating func decideOverdue(into out: inout LinkedBatch) {
        while let oldest = exchanges.oldest(ExchangeTable.undecided), exchanges[oldest].deadline <= watermark {
            decideAlone(oldest, into: &out)
        }
    }

    /// Decides the server end that has waited for longest, so that what is held for it leaves. All that is held waits for
    /// some undecided server end, so this empties the store in the end.
    mutating func relieve(into out: inout LinkedBatch) {
        guard let oldest = exchanges.oldest(ExchangeTable.undecided) else { return }
        counted[evicted: .undecided] &+= 1
        decideAlone(oldest, into: &out)
    }

    /// Forgets what is over for longer than it is of use.
    mutating func forgetExpired() {
        while let oldest = exchanges.oldest(ExchangeTable.closed) {
            let (expiry, overflow) = exchanges[oldest].end.addingReportingOverflow(options.retention)
            guard !overflow, expiry <= watermark else { return }
            remove(oldest)
        }
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
        exchanges.remove(slot)
    }
}
