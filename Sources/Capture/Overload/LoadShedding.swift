internal import CInterspanBPF

/// Decides how many connections are let in, by how full the rings are found: fewer when a ring is more than half full, more
/// again when they have stayed nearly empty for a while. A value without I/O; time is given.
///
/// Down at once and by much, since what has no room is lost; up by steps, each no larger than what the room that was left
/// can take. A load that lasts so finds its share, and when it ends everything is let in within half a second.
struct LoadShedding {
    /// A ring that is fuller makes it let in fewer.
    static let high = 0.5
    /// One that is fuller makes it let in many fewer.
    static let veryHigh = 0.75
    /// While no ring was fuller than that, more are let in.
    static let low = 0.25
    /// How long the rings are watched before more are let in, ns.
    static let window: UInt64 = 100_000_000
    /// Most by which the part that is let in grows at once.
    static let growth = 4.0
    /// The least part that is let in: something is always seen.
    static let least = 1.0 / 128

    /// The part of all connections that is let in, ``least``...1.
    private(set) var admitted = 1.0
    /// How full a ring was at most since the window began.
    private var peak = 0.0
    private var windowEnd: UInt64 = 0

    /// The share that is left out: 0...`INTERSPAN_CONNECTION_PLACES`.
    var share: UInt32 {
        admitted >= 1 ? 0 : UInt32(Double(INTERSPAN_CONNECTION_PLACES) * (1 - admitted))
    }

    /// The rings were found so full.
    ///
    /// - Parameters:
    ///   - fill: how full the fullest of them was, 0...1.
    ///   - isLate: whether records have had no room.
    ///   - isHeldBack: whether it is so full because records are held back for order's sake: that is given up first.
    ///   - now: ns of CLOCK_MONOTONIC.
    mutating func found(fill: Double, isLate: Bool, isHeldBack: Bool, at now: UInt64) {
        if isLate {
            admit(admitted / LoadShedding.growth, at: now)
        } else if fill > LoadShedding.high {
            if isHeldBack { return }
            admit(admitted * (fill > LoadShedding.veryHigh ? 0.5 : 0.75), at: now)
        } else {
            peak = max(peak, fill)
            guard admitted < 1, now >= windowEnd else { return }
            let room = LoadShedding.low / max(peak, LoadShedding.low / LoadShedding.growth)
            admit(room > 1 ? admitted * room : admitted, at: now)
        }
    }

    private mutating func admit(_ part: Double, at now: UInt64) {
        admitted = min(max(part, LoadShedding.least), 1)
        peak = 0
        windowEnd = now &+ LoadShedding.window
    }
}
