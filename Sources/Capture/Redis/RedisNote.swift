/// What a parser of Redis remembers of a request until its answer comes, as an exchange's note.
enum RedisNote {
    /// Nothing.
    static let ordinary: UInt8 = 0
    /// It is of interest only if it fails.
    static let silent: UInt8 = 1
    /// It is of no interest at all.
    static let unnoticed: UInt8 = 2
    /// It executes a transaction of which the size is known.
    static let execute: UInt8 = 3
    /// It executes a transaction whose beginning was not seen: its answer tells the size.
    static let executeUncounted: UInt8 = 4
    /// What comes after its answer is of no interest.
    static let monitor: UInt8 = 5
    /// It chooses a database.
    static let select: UInt8 = 6
    /// From here on: it is answered by this much less confirmations. The largest stands for all above.
    private static let subscription: UInt8 = 16

    /// The note of a subscription to so many channels.
    static func subscription(_ channels: UInt64) -> UInt8 {
        subscription &+ UInt8(min(channels, UInt64(UInt8.max - subscription)))
    }

    /// How many confirmations answer it; nil for what is no subscription. Without channels it is about all there are, of
    /// which the first confirmation is its answer.
    static func confirmations(_ note: UInt8) -> UInt8? { note >= subscription ? max(note - subscription, 1) : nil }
}
