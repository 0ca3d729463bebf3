/// What one kind of evidence says of one call.
struct Opinion {
    /// The request on whose behalf the call was made.
    var request = SlotReference.none
    /// Which kind says so.
    var kind = EvidenceKind.reader
    /// How likely it is right, 0...1.
    var probability: Float = 0

    /// What is said of a proposal that is to be proved, and until then says nothing.
    static let unproven: Float = 0.001

    /// By which of several that agree is named what comes of them: what was seen to happen, and ids made to tell requests apart,
    /// go before what only looks alike.
    var rank: Float { probability > 0.5 && !kind.isLikeness ? 1 + probability : probability }

    /// Whether it says anything yet.
    var isHeard: Bool { probability > Opinion.unproven }
}

/// What is said of one call: a few opinions, the last of each kind.
struct Opinions {
    private var items = InlineArray<6, Opinion>(repeating: Opinion())
    private(set) var count = 0

    /// Nothing is said.
    init() {}

    subscript(index: Int) -> Opinion { items[index] }

    /// Takes in one more. The first six kinds are heard.
    mutating func add(_ opinion: Opinion) {
        for index in 0..<count where items[index].kind == opinion.kind {
            items[index] = opinion
            return
        }
        guard count < items.count else { return }
        items[count] = opinion
        count += 1
    }

    /// Whether what units of execution and connections did tells anything.
    var areOfExecution: Bool { (0..<count).contains { items[$0].isHeard && items[$0].kind.isOfExecution } }

    /// What one kind says; nil where it says nothing.
    func opinion(of kind: EvidenceKind) -> Opinion? {
        for index in 0..<count where items[index].kind == kind { return items[index] }
        return nil
    }

    /// The request that all speak for together most, how likely it is, and which kind is surest of it.
    ///
    /// Kinds of different families are taken as independent: their odds multiply. Of one family, which looks at the same
    /// thing from several sides, the surest speaks. What speaks for one request speaks against the others.
    func best() -> Opinion? {
        var best: Opinion?
        var bestOdds: Float = 0
        // Of everything that was proposed, and of what was not.
        var all: Float = 1
        for index in 0..<count {
            let request = items[index].request
            guard items[index].isHeard,
                !(0..<index).contains(where: { items[$0].request == request && items[$0].isHeard })
            else { continue }
            let odds = odds(of: request)
            all += odds
            if odds > bestOdds { (best, bestOdds) = (surest(of: request), odds) }
        }
        best?.probability = bestOdds / all
        return best
    }

    /// Of those that speak for a request, the one by which what comes of them is named; nil where none says anything.
    func surest(of request: SlotReference) -> Opinion? {
        var surest: Opinion?
        for index in 0..<count where items[index].request == request && items[index].isHeard {
            if items[index].rank > surest?.rank ?? 0 { surest = items[index] }
        }
        return surest
    }

    private func odds(of request: SlotReference) -> Float {
        var families = InlineArray<4, Float>(repeating: 0)
        for index in 0..<count where items[index].request == request && items[index].isHeard {
            let family = items[index].kind.family
            families[family] = max(families[family], items[index].probability)
        }
        var odds: Float = 1
        for index in families.indices where families[index] > 0 { odds *= Opinions.odds(families[index]) }
        return odds
    }

    /// How sure the surest of the other kinds is that speaks for a request and can prove this one right or wrong; 0 where none
    /// does.
    func support(for request: SlotReference, besides kind: EvidenceKind) -> Float {
        var support: Float = 0
        for index in 0..<count where items[index].kind != kind && items[index].request == request {
            if kind.goesByReading, items[index].kind.goesByReading { continue }
            support = max(support, items[index].probability)
        }
        return support
    }

    /// Of a probability; a million to one is as sure as anything gets.
    private static func odds(_ probability: Float) -> Float {
        min(max(probability, 1e-6) / max(1 - probability, 1e-6), 1e6)
    }
}
