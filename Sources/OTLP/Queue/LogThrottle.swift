/// Lets the same complaint through once per interval and counts the ones in between.
struct LogThrottle<Kind: Hashable> {
    private let interval: UInt64
    private var said: [Kind: (at: UInt64, suppressed: Int)] = [:]

    /// - Parameter interval: ns.
    init(interval: UInt64 = 10_000_000_000) { self.interval = interval }

    /// Nil when it is too early to say it again, otherwise how many were held back since the last.
    mutating func admit(_ kind: Kind, now: UInt64) -> Int? {
        if let last = said[kind], now &- last.at < interval {
            said[kind] = (last.at, last.suppressed + 1)
            return nil
        }
        let suppressed = said[kind]?.suppressed ?? 0
        said[kind] = (now, 0)
        return suppressed
    }
}
