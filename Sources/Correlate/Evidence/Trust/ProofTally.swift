/// How often something proved right, and how often wrong. Older proofs fade, so that what changes is followed.
struct ProofTally {
    private(set) var right: Float = 0
    private(set) var wrong: Float = 0

    /// Nothing has been proved so far.
    init() {}

    /// Counts one more.
    ///
    /// - Parameter memory: proofs after which all count half.
    mutating func count(_ isRight: Bool, memory: Float) {
        if isRight { right += 1 } else { wrong += 1 }
        guard right + wrong > memory else { return }
        right /= 2
        wrong /= 2
    }
}
