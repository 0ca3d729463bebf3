import Capture

/// A request that a call may have been made for, as far as the values of both go.
struct EchoSuggestion: Equatable {
    /// The request, as it was named when it was opened.
    var request: UInt32
    /// How much more likely the pair is than without the values: the natural logarithm of the likelihood ratio. Above 0.
    var logOdds: Float
}

/// Names a value as one owner uses it.
struct EchoValueKey: SlabKey {
    var owner: SlotReference
    var hash: UInt64

    var slabHash: UInt64 { hash ^ UInt64(owner.slot) << 32 ^ UInt64(owner.generation) }
}

/// What is remembered of a value.
struct EchoValue {
    /// Uses by open requests: a list, the newest first.
    var firstOpen = UInt32.max
    var open: UInt32 = 0
    /// Uses by requests that are over: likewise.
    var firstClosed = UInt32.max
    var closed: UInt32 = 0
    /// Requests that carried it, counted along the owner's requests.
    var requests = DecayingCount()
    /// Calls that carried it while no request did, counted along the owner's calls.
    var unexplained = DecayingCount()
    /// Whether it was seen more than once.
    var isKnown = false
}

/// Names a use: which request carries which value.
struct EchoUseKey: SlabKey {
    var request: UInt32
    var value: UInt32

    var slabHash: UInt64 { UInt64(request) << 32 | UInt64(value) }
}

/// A value carried by a request.
struct EchoUse {
    /// The uses of one value by open requests, or by those that are over, form a list.
    var previous = UInt32.max
    var next = UInt32.max
    /// The uses by one request form another.
    var nextOfRequest: UInt32
}

/// Names a request.
struct EchoRequestKey: SlabKey {
    var request: UInt32

    var slabHash: UInt64 { UInt64(request) }
}

/// A request whose values are remembered.
struct EchoRequest {
    var owner: SlotReference
    /// Its uses: a list.
    var firstUse = UInt32.max
    /// When it was opened, ns.
    var start: UInt64
    /// When it was over, ns.
    var end: UInt64 = 0
    var isOpen = true
}

/// What is remembered of a process, or of a host, whose requests carry values.
struct EchoOwner {
    /// Requests that are open.
    var open: UInt32 = 0
    /// Requests so far; wraps.
    var requests: UInt32 = 0
    /// Calls so far; wraps.
    var calls: UInt32 = 0
    /// How far values of each grade have been right.
    var trust = InlineArray<3, EchoTrust>(repeating: EchoTrust())
}

/// How often values named the request that other evidence proved.
struct EchoTrust {
    private var proofs = ProofTally()
    private static let memory: Float = 256

    /// Nothing known.
    init() {}

    /// Counts once more; what is long ago counts less.
    mutating func proved(_ isRight: Bool) { proofs.count(isRight, memory: EchoTrust.memory) }

    /// The share that was right, between 0 and 1, begun with what is believed of a grade.
    func share(_ grade: EchoGrade) -> Float {
        let (prior, weight) = grade.belief
        return (proofs.right + prior * weight) / (proofs.right + proofs.wrong + weight)
    }
}

/// Values by how unlikely they are to be equal by chance.
enum EchoGrade: Int {
    /// Words and short numbers.
    case weak = 0
    /// Numbers of four digits or more, names with numbers.
    case fair
    /// Of 32 bits or more: ids that were made to be unique.
    case strong

    /// The grade of a value.
    init(_ hash: ValueHash) {
        switch hash.rarity {
        case 0..<3: self = .weak
        case 3..<8: self = .fair
        default: self = .strong
        }
    }

    /// Which share is right before anything is known, and how many proofs that is worth.
    var belief: (share: Float, weight: Float) {
        switch self {
        case .weak: (0.7, 8)
        case .fair: (0.9, 16)
        case .strong: (0.98, 32)
        }
    }

    /// How many calls without the value a value of this grade is taken to have had before it was first seen: what keeps the
    /// first coincidence from being believed.
    var credit: Float {
        switch self {
        case .weak: 16
        case .fair: 64
        case .strong: 512
        }
    }
}
