/// What the kernel programs and the reading of their rings lost, as Capture's losses: told once each.
struct KernelLosses {
    private var told = LossCounters()

    /// The losses so far, from the kernel's counters.
    static func total(_ counters: KernelCounters, stragglers: UInt64) -> LossCounters {
        var losses = LossCounters()
        // A program that was not run for its call is a record that had no room, too: on that CPU, at that moment.
        losses[.ringFull] = counters.droppedRingFull &+ counters.missed
        losses[.noSocketState] = counters.droppedNoState
        losses[.shed] = counters.droppedShed
        losses[.unread] = counters.unread
        losses[.straggler] = stragglers
        return losses
    }

    /// Adds what was lost since the last time.
    mutating func report(_ total: LossCounters, into batch: inout ObservationBatch) {
        for reason in LossReason.allCases where total[reason] > told[reason] {
            batch.observations.append(.lost(Loss(reason: reason, count: total[reason] - told[reason])))
        }
        told = total
    }
}
