internal import Capture
internal import Logging

/// Says in the log when connections begin to be left out because more happens than can be read, and when that is over. A
/// value; told what was counted now and then.
struct SheddingReport {
    /// How long nothing must have been left out before it is said to be over, ns.
    static let calm: UInt64 = 2_000_000_000

    /// What there is to say.
    enum Message: Equatable {
        /// Connections are left out: this part of them, 0...1.
        case began(share: Double)
        /// Everything is seen again; so many calls were left out.
        case ended(calls: UInt64)
    }

    private var isShedding = false
    private var lastSeen: UInt64 = 0
    private var calls: UInt64 = 0
    private var callsBefore: UInt64 = 0

    /// Looks at what was counted.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func look(at counters: CaptureCounters, now: UInt64) -> Message? {
        let shed = counters.losses[.shed]
        let isActive = counters.shedding.share > 0 || shed > calls
        if isActive { lastSeen = now }
        let before = calls
        calls = shed
        if isActive, !isShedding {
            isShedding = true
            callsBefore = before
            return .began(share: counters.shedding.share)
        }
        if !isActive, isShedding, now &- lastSeen >= SheddingReport.calm {
            isShedding = false
            return .ended(calls: shed &- callsBefore)
        }
        return nil
    }
}

extension SheddingReport.Message {
    /// Logs it, with what can be done about it.
    func log(to logger: Logger) {
        switch self {
        case .began(let share):
            logger.warning(
                """
                more happens than can be read: connections are left out, alike at both ends; a larger \
                receivers.ebpf.ring_buffer, or a narrower receivers.ebpf.select, leaves room for all
                """,
                metadata: ["percent": "\(Int(share * 100))"])
        case .ended(let calls):
            logger.info("no connections are left out any more", metadata: ["calls": "\(calls)"])
        }
    }
}
