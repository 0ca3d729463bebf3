/// How often one kind of evidence was right in one process, as far as other evidence could tell. Older proofs fade, so that
/// a process that changes its ways is followed.
struct Reliability {
    /// Proofs after which all count half.
    private static let memory: Float = 512
    /// Proofs without which nothing is called proven.
    private static let proof: Float = 6
    /// How likely it must be right to be believed at once.
    private static let certainty: Float = 0.98

    private var proofs = ProofTally()

    /// Nothing has been proved so far.
    init() {}

    /// Other evidence told whether a proposal was right.
    mutating func proved(_ isRight: Bool) { proofs.count(isRight, memory: Reliability.memory) }

    /// How likely a proposal of this kind is right, 0...1.
    func mean(_ kind: EvidenceKind) -> Float {
        let prior = kind.prior
        return (proofs.right + prior.right) / (proofs.right + proofs.wrong + prior.right + prior.wrong)
    }

    /// Whether proposals need not wait for other evidence.
    func isProven(_ kind: EvidenceKind) -> Bool {
        proofs.right >= Reliability.proof && mean(kind) >= Reliability.certainty
    }
}
