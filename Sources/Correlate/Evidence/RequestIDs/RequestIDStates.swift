/// What is remembered of one request id of one owner: while an open request or a listed call carries it, and, of one that
/// was not unique, for a while longer.
struct RequestIDState {
    /// Uses by open requests: a list.
    var firstRequest = UInt32.max
    var requests: UInt32 = 0
    /// Uses by listed calls: a list.
    var firstCall = UInt32.max
    var calls: UInt32 = 0
    /// Most requests that carried it at the same time, or answers that did of which any may belong to a call. An id that
    /// does not single out one request once, does not later either.
    var peak: UInt32 = 0
    /// Whether it has singled out the request of a call.
    var hasDecided = false
    /// When it was last seen, ns.
    var lastSeen: UInt64 = 0
}

/// Names a use: the exchange, and which of its ids.
struct RequestIDUseKey: SlabKey {
    var exchange: UInt32
    var place: UInt32

    var slabHash: UInt64 { UInt64(exchange) << 3 | UInt64(place) }
}

/// A request id carried by an exchange: an open request, or a listed call.
struct RequestIDUse {
    /// Its id. One that has uses is not forgotten.
    var id: UInt32
    /// The exchange.
    var exchange: UInt32
    /// The uses of one id by requests, or by calls, form a list.
    var previous = UInt32.max
    var next = UInt32.max
}

/// Names a listed call, by its exchange.
struct ListedCallKey: SlabKey {
    var exchange: UInt32

    var slabHash: UInt64 { UInt64(exchange) }
}

/// A call of which the answer to the request that caused it may still tell.
struct ListedCall {
    /// Whose call it is; `.max` when that was forgotten.
    var owner: UInt32
    /// Who wrote it.
    var unit: UnitKey?
    /// The listed calls of one owner form a list, oldest first.
    var previous = UInt32.max
    var next = UInt32.max
    /// A request whose answer carried the call's id, and how many such requests there were: 2 stands for more.
    var echo = SlotReference.none
    var echoes = 0
}

/// What is remembered of a process, or of a host, whose exchanges can carry request ids.
struct OwnerState {
    /// Its open requests form a list, oldest first.
    var firstRequest = UInt32.max
    var lastRequest = UInt32.max
    /// Its listed calls.
    var firstCall = UInt32.max
    var lastCall = UInt32.max
    /// Ids that singled out one request, and ids that did not; halved now and then, so that recent ones count.
    private var unique: UInt32 = 0
    private var common: UInt32 = 0
    /// Calls whose parent other evidence was certain of, and answers proved it right, or wrong; halved likewise.
    private var right: UInt32 = 0
    private var wrong: UInt32 = 0
    /// How many calls more may wait in vain until only now and then one does.
    private var patience = OwnerState.fullPatience
    private var skipped: UInt32 = 0

    private static let fullPatience: UInt32 = 64
    /// Of the calls of an owner without patience, one of so many waits all the same.
    private static let probe: UInt32 = 16
    /// How much more often than wrong other evidence must have been right.
    private static let odds: UInt32 = 99
    /// Ids that must have proved unique before the first answer that carries one is believed.
    private static let proof: UInt32 = 4

    /// How likely what an id singles out is right, 0...1: the share of ids that did single out one.
    var reliability: Double { common == 0 ? 1 : Double(unique + 1) / Double(unique + common + 1) }

    /// Whether ids have proved unique, so that a first answer need not be compared with those that are still to come.
    var isProven: Bool { unique >= OwnerState.proof && reliability > 0.95 }

    /// Whether what other evidence is certain of can be taken for certain: answers have shown it right often enough, and
    /// hardly ever wrong. Where answers show nothing, it is taken at its word.
    var othersAreCertain: Bool { right >= OwnerState.odds * (patience > 0 ? wrong + 1 : wrong) }

    /// An answer proved that other evidence was right about a call, or wrong.
    mutating func proved(othersRight isRight: Bool) {
        if isRight { right += 1 } else { wrong += 1 }
        if right + wrong >= 1_024 {
            right /= 2
            wrong /= 2
        }
    }

    /// An id proved unique, or not to be.
    mutating func proved(unique isUnique: Bool) {
        if isUnique { unique += 1 } else { common += 1 }
        if unique + common >= 128 {
            unique /= 2
            common /= 2
        }
    }

    /// Whether one more call may wait.
    mutating func mayWait() -> Bool {
        if patience > 0 { return true }
        skipped &+= 1
        return skipped % OwnerState.probe == 0
    }

    /// A call has waited.
    mutating func waited(inVain: Bool) {
        if inVain { patience -= min(patience, 1) } else { patience = OwnerState.fullPatience }
    }
}
