/// How much work is done, and the bounds of it.
struct WindowTuning {
    /// Most candidates of a call.
    static let maximumCandidates = 16
    /// Most requests looked at for them, open ones and those that are over.
    static let maximumLookedAt = 256
    static let maximumOver = 4
    /// Lives with more calls are only looked at around the call in question.
    static let longLife: UInt32 = 12
    /// Among more requests than that, what was learned without ever having been clear may have learned its own mistakes.
    static let tooMany: Float = 32
    /// How far back in a life a place is looked for.
    static let reach = 256
    /// Times each call is looked at in a round, and again when it is about to be decided.
    var sweeps = 8
    var finalSweeps = 32
    /// Times it is proposed, each time, that a request and another change lives from a call on.
    var crossings = 3
    /// What keeps any proposal from being impossible.
    var leastAffinity: Float = 0.003
    /// The share of all affinities from which on a place is taken for the right one most of the time.
    var home: Float = 0.8
    /// A candidate less likely than that does not delay the decision.
    var implausible: Float = 0.02
    /// What has been open for so long, ns, is not waited for, and so many of such are told from the others.
    var longPoll: UInt64 = 2_000_000_000
    static let maximumOpenForLong = 256
    /// What has happened for a round to be worth it, at least.
    var minimumEvents = 8
    /// Or so many for each undecided call.
    var eventsPerCall = 1
    /// After so long a quiet, ns, a round is held anyway.
    var quiet: UInt64 = 10_000_000
    /// How much earlier, ns, than its request a call may seem to begin.
    var clockTolerance: UInt64 = 1_000_000
}
