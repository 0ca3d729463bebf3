import Capture
import Glibc

/// How much a value that a request and a call share says for the one having caused the other: the ratio of two likelihoods,
/// that the call carries the value if this request made it, and if another did.
///
/// Another may carry the value as well: `sharers` of its owner's `open` requests do, so that a value which all of them carry
/// says nothing, whatever it is, and one that some share is divided among them. Or the call has it from elsewhere: a constant
/// of the service, a coincidence. How often that is shows in the calls that carry it while no request does; it is never less
/// than what the value's length and alphabet make of a coincidence.
enum EchoWeight {
    /// How often a call carries a value of its request, given that some calls do.
    private static let echo: Float = 0.5
    /// How much less likely a request that is over is to have caused a call.
    private static let late: Float = 0.1
    /// What each further value counts for beside the strongest: values of one request mostly come together, as a user's id
    /// and name.
    private static let further: Float = 0.35
    /// Most that all values together say.
    static let most: Float = 9

    /// - Parameters:
    ///   - hash: the value.
    ///   - unexplained: which share of calls carried it while no request did, 0...1.
    ///   - calls: how many calls that is known of.
    ///   - sharers: how many open requests carry it.
    ///   - open: how many requests are open.
    ///   - trust: how far values of this grade have been right, 0...1.
    /// - Returns: the natural logarithm of the ratio, at least 0.
    static func logOdds(
        _ hash: ValueHash, unexplained: Float, calls: Float, sharers: UInt32, open: UInt32, isOpen: Bool, trust: Float
    ) -> Float {
        let chance = max(exp2f(-4 * Float(hash.rarity)), 1 / (EchoGrade(hash).credit + calls))
        let elsewhere = max(unexplained, min(chance, 0.5))
        let others = isOpen ? max(sharers, 1) - 1 : sharers
        let rest = isOpen ? max(open, 1) - 1 : open
        let shared = rest == 0 ? 0 : min(Float(others) / Float(rest), 1)
        var ratio = echo / (echo * shared + elsewhere)
        if !isOpen { ratio *= late }
        return max(Float.log(trust * ratio + 1 - trust), 0)
    }

    /// Several values of one request and one call.
    static func together(strongest: Float, sum: Float) -> Float {
        min(strongest + further * max(sum - strongest, 0), most)
    }
}
