import Glibc

/// How often something happened of late, counted along another count: what was so long ago that ``halfLife`` others have
/// happened since counts half.
struct DecayingCount {
    /// In events of the other count.
    static let halfLife: Float = 512
    private var count: Float = 0
    private var stamp: UInt32 = 0

    /// Never.
    init() {}

    /// Counts once more.
    mutating func add(at now: UInt32) {
        count = value(at: now) + 1
        stamp = now
    }

    /// The count when the other stands at `now`, which may have wrapped.
    func value(at now: UInt32) -> Float {
        guard count > 0 else { return 0 }
        return count * exp2f(-Float(now &- stamp) / DecayingCount.halfLife)
    }

    /// What it would be if all of the other's events had counted.
    static func full(at now: UInt32) -> Float {
        let most = halfLife / Float.log(2)
        return now > 1 << 16 ? most : most * (1 - exp2f(-Float(now) / halfLife))
    }
}

extension Float {
    /// The natural logarithm.
    static func log(_ value: Float) -> Float { logf(value) }
}
