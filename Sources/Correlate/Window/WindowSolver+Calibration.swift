internal import Glibc

/// What the share that a place had of the drawings is worth.
///
/// Drawing knows neither that the models it draws by are wrong nor that it got stuck, and both get worse the less clear a
/// process's calls are as such. So the share is corrected by how clear the place is (its share of how likely the call
/// looks with each candidate), and how clear places are in this process on average: a logistic regression over the
/// workloads of the simulator in the tests, at 1 to 100 requests in flight, with and without anything learned before.
extension WindowSolver {
    /// The weights of the regression.
    private static let weights:
        (
            constant: Float, drawn: Float, share: Float, clarity: Float, both: Float, none: Float, noneClarity: Float
        ) = (0.266, 0.699, 0.207, 1.734, 0.511, -2.812, -0.561)

    /// How likely a place is to be right that had a share of the drawings.
    mutating func calibrated(_ drawn: Float, for call: UInt32, _ request: UInt32) -> Float {
        let share = affinityShare(of: call, with: request)
        let owner = calls[Int(call)].owner
        owners[owner].clarity += (share - owners[owner].clarity) / 64
        var clarity = owners[owner].clarity
        // What other evidence makes clear is clear whatever the others are like.
        if request != .max, let index = candidateIndex(of: request, for: call), candidates[place(call, index)].prior > 1
        {
            clarity = max(clarity, share)
        }
        let odds = logf(min(max(drawn, 0.01), 0.999) / min(max(1 - drawn, 0.001), 0.99))
        let (ownLog, allLog) = (logf(min(max(share, 1e-4), 1)), logf(min(max(clarity, 1e-3), 1)))
        let weights = WindowSolver.weights
        var sum = weights.constant + weights.drawn * odds + weights.share * ownLog
        sum += (weights.clarity + weights.both * odds) * allLog
        if request == .max, calls[Int(call)].candidates > 0 { sum += weights.none + weights.noneClarity * allLog }
        return 1 / (1 + expf(-sum))
    }
}
