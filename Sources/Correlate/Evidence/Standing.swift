/// On whose behalf a unit of execution acts at some moment, as one kind of evidence sees it: one candidate, and how many
/// are as likely as it.
struct Standing {
    /// The likeliest; none when those that are equally likely are known by number alone.
    var candidate: SlotReference
    /// How many are equally likely, the candidate included, and one for "none of them" where that is as likely. 1 is
    /// certainty, 0 is no evidence at all.
    var choices: UInt32
    /// How likely it is one of these at all, 0...1, as learned from what the unit did before.
    var reliability = 1.0

    /// No evidence.
    static let nothing = Standing(candidate: .none, choices: 0)
}
