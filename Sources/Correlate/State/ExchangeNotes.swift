import Capture

/// What the evidence says of one end of an exchange, beside what is needed to hand it on.
struct ExchangeNotes {
    /// Whose end it is, in ``Trust``; none where no process or host is known.
    var owner = SlotReference.none
    /// Of a call: what is said of it. Kept when it is decided, since proofs come later.
    var opinions = Opinions()
    /// Of a call: another that was made for the same request, since its response was read just before, and what says so.
    var follows = SlotReference.none
    var followsBy = EvidenceKind.turn
    /// Of a call: what kind of unit wrote it.
    var unitKind = UnitKind.thread
    /// Of a call: how many of its values were looked at.
    var values = 0
    /// Of a call: how many requests of its process were open when it was written by a thread that is known; 0 of others.
    var rivals: UInt32 = 0
    /// Of a call: whether a request id may still tell of it.
    var isListed = false
    /// Of a request: whether a call was made for it, or is thought to have been.
    var hasCall = false
    /// Of a request: whether the windowed stage knows it.
    var isInWindow = false
    /// Of a request: whether it counts among those that are open in its process.
    var isCounted = false
}
