/// Counts losses, and reports them once a pass rather than one by one.
struct LossLedger {
    /// Everything so far.
    private(set) var total = LossCounters()
    private var unreported = LossCounters()
    private var hasUnreported = false

    /// Counts a loss.
    mutating func count(_ reason: LossReason, _ count: UInt64 = 1) {
        guard count > 0 else { return }
        total[reason] &+= count
        unreported[reason] &+= count
        hasUnreported = true
    }

    /// Adds what was lost since the last report to a batch, one observation for each reason.
    mutating func report(into batch: inout ObservationBatch) {
        guard hasUnreported else { return }
        hasUnreported = false
        for reason in LossReason.allCases where unreported[reason] > 0 {
            batch.observations.append(.lost(Loss(reason: reason, count: unreported[reason])))
            unreported[reason] = 0
        }
    }
}
