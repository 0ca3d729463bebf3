/// What the windowed stage remembers of a request.
struct WindowRequest {
    struct Flags: OptionSet {
        let rawValue: UInt8

        static let alive = Flags(rawValue: 1)
        static let closed = Flags(rawValue: 2)
        /// It was learned from.
        static let learned = Flags(rawValue: 4)
    }

    var operation: UInt64 = 0
    var owner = UInt32.max
    /// Tells the requests that had this tag apart.
    var generation: UInt32 = 0
    /// The owner's open requests in the order in which they began, or its closed ones in the order in which they ended.
    var previous = UInt32.max
    var next = UInt32.max
    /// The last thing that happened in its life, a node of the ``Timeline``.
    var last = UInt32.max
    /// How likely its life is as it stands, as a natural logarithm, and in which round that was so.
    var score: Float = 0
    var scoreVersion: UInt32 = 0
    /// Calls in its life.
    var calls: UInt32 = 0
    /// Those that have not ended.
    var openCalls: UInt32 = 0
    var flags: Flags = []
}

/// What the windowed stage remembers of a call.
struct WindowCall {
    struct Flags: OptionSet {
        let rawValue: UInt8

        static let alive = Flags(rawValue: 1)
        static let closed = Flags(rawValue: 2)
        static let decided = Flags(rawValue: 4)
        /// Nothing more will become known of it: decided at the end of this round.
        static let ready = Flags(rawValue: 8)
        /// Its candidates have been looked for.
        static let hasCandidates = Flags(rawValue: 16)
    }

    var operation: UInt64 = 0
    var owner = UInt32.max
    /// The request in whose life it stands at the moment.
    var request = UInt32.max
    /// The owner's undecided calls, in the order in which they came.
    var previous = UInt32.max
    var next = UInt32.max
    /// From when on its waiting counts, ns.
    var since: UInt64 = 0
    /// Where its candidates are.
    var block = UInt32.max
    /// How likely it is to belong to none, as a logarithm to compare with what it adds to a request's.
    var noneScore: Float = 0
    /// How often sampling put it with none.
    var noneMass: Float = 0
    /// How sure its place is, once decided.
    var confidence: Float = 0
    /// How likely it is, 0...1, that it belongs to a request for which there was no room among its candidates.
    var beyond: Float = 0
    /// How many requests it may belong to, the candidates included.
    var rivals: UInt16 = 0
    var flags: Flags = []
    var candidates: UInt8 = 0
}

/// A request that may have made a call.
struct WindowCandidate {
    var request: UInt32
    var generation: UInt32
    /// What other evidence says, log-odds.
    var prior: Float
    /// How often sampling put the call there.
    var mass: Float
}

/// What the windowed stage remembers of a process.
struct WindowOwner {
    /// A list of requests or calls, by the first and the last.
    struct List {
        var first = UInt32.max
        var last = UInt32.max
    }

    /// Which list a request is in.
    static let open = 0
    static let closed = 1
    static let learned = 2

    /// Its requests: the open ones in the order in which they began; those that are over, and those that were learned
    /// from, in the order in which that was so.
    var requests = InlineArray<3, List>(repeating: List())
    /// Its undecided calls in the order in which they came.
    var calls = List()
    /// The first of them whose candidates have not been looked for.
    var fresh = UInt32.max
    var undecided = 0
    /// Requests and calls altogether.
    var members = 0
    /// What happened since the last round.
    var events = 0
    /// When something happened last, ns.
    var lastEvent: UInt64 = 0
    /// The mean share of affinity that places had which were decided on, 0...1.
    var clarity: Float = 0.7
    /// Calls that could belong to one request alone, or were settled by other evidence, and those that were drawn: how much
    /// of what was learned rests on something. Halved now and then.
    private var anchored: Float = 1
    private var drawn: Float = 0
    /// Whether it is among those where something may have to be done.
    var isActive = false

    /// Whether hardly anything of what was learned rests on calls whose request was clear.
    var isAdrift: Bool { anchored < drawn / 20 }

    /// A call was decided, whose request was clear, or not.
    mutating func decided(clearly: Bool) {
        if clearly { anchored += 1 } else { drawn += 1 }
        guard anchored + drawn > 4096 else { return }
        anchored /= 2
        drawn /= 2
    }
}
