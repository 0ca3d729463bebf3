/// Combines what the kinds of evidence propose for one call into a probability.
///
/// Evidence that singles out one candidate overrules evidence that leaves a choice, since what leaves a choice does not
/// contradict it. Where several single out different ones, or none singles out any, each candidate's probability is its
/// share of the weights, less what its evidence has proved wrong before. A tie decides nothing: of two equal candidates
/// neither is the parent.
struct Decision {
    /// Most candidates: one for each kind of evidence.
    private static let maximum = 4

    private struct Candidate {
        var reference = SlotReference.none
        var weight = 0.0
        var method = LinkMethod.none
    }

    private var candidates = InlineArray<4, Candidate>(repeating: Candidate())
    private var count = 0
    /// All weights, those of candidates that are known by number alone included.
    private var total = 0.0
    /// The largest weight among the latter.
    private var largestUnnamed = 0.0
    /// Whether some evidence singles out a candidate.
    private var isCertain = false
    /// What evidence there was, for those that are left without a parent.
    private var method = LinkMethod.none
    /// The largest share that a candidate known by number alone has of its evidence.
    private var unnamedShare = 0.0

    /// Whether there is no evidence so far.
    var isEmpty: Bool { total == 0 }

    /// Takes in what one kind of evidence says. Of those that agree, the first names the method.
    ///
    /// - Parameter weight: how far it is to be trusted against other kinds of evidence.
    mutating func add(_ standing: Standing, method: LinkMethod, weight: Double) {
        guard standing.choices > 0 else { return }
        if self.method == .none { self.method = method }
        if standing.choices == 1, !isCertain {
            isCertain = true
            (count, total, largestUnnamed) = (0, 0, 0)
        } else if standing.choices > 1, isCertain {
            return
        }
        let share = weight * standing.reliability / Double(standing.choices)
        total += weight
        if standing.choices > 1 { largestUnnamed = max(largestUnnamed, share) }
        unnamedShare = max(unnamedShare, share / weight)
        guard standing.candidate != .none else { return }
        for index in 0..<count where candidates[index].reference == standing.candidate {
            candidates[index].weight += share
            return
        }
        guard count < Decision.maximum else { return }
        candidates[count] = Candidate(reference: standing.candidate, weight: share, method: method)
        count += 1
    }

    /// The likeliest candidate, if it is likelier than every other, and how likely it is.
    func outcome() -> (candidate: SlotReference?, method: LinkMethod, confidence: Double) {
        guard total > 0 else { return (nil, .none, 0) }
        var best = -1
        var second = largestUnnamed
        for index in 0..<count {
            if best < 0 || candidates[index].weight > candidates[best].weight {
                if best >= 0 { second = max(second, candidates[best].weight) }
                best = index
            } else {
                second = max(second, candidates[index].weight)
            }
        }
        guard best >= 0 else { return (nil, method, unnamedShare) }
        let chosen = candidates[best]
        let confidence = min(chosen.weight / total, 1)
        return (chosen.weight > second ? chosen.reference : nil, chosen.method, confidence)
    }
}
