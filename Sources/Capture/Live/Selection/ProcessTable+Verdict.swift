internal import CInterspanBPF

extension ProcessTable where Value == interspan_verdict {
    /// A process's; nil when it has none.
    func verdict(of process: borrowing ExaminedProcess) -> interspan_verdict? {
        var value = interspan_verdict()
        let isThere = read(&value, of: process) && value.kind != UInt8(INTERSPAN_VERDICT_NONE.rawValue)
        return isThere ? value : nil
    }
}

extension interspan_verdict {
    /// What the programs are to know.
    init(_ verdict: ProcessVerdict, for stamp: ProcessStamp) {
        self.init()
        stack = stamp.stack
        user = stamp.user
        kind = UInt8((verdict.isWatched ? INTERSPAN_VERDICT_WATCHED : INTERSPAN_VERDICT_LEFT_OUT).rawValue)
        is_inherited = verdict.holdsForChildren ? 1 : 0
        is_lasting = verdict.isLasting ? 1 : 0
    }

    /// Whether it was given for this program and user.
    func isFor(_ stamp: ProcessStamp) -> Bool { user == stamp.user && (stack == 0 || stack == stamp.stack) }

    /// Whether it says the same.
    func isSame(as other: interspan_verdict) -> Bool {
        stack == other.stack && user == other.user && kind == other.kind && is_inherited == other.is_inherited
            && is_lasting == other.is_lasting
    }
}
