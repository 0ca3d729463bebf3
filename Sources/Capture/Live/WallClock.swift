internal import Glibc

/// What to add to CLOCK_MONOTONIC to get CLOCK_REALTIME: sampled each second, since the wall clock is adjusted.
struct WallClock {
    /// ns.
    private(set) var offset: Int64
    private var sampled: UInt64

    /// Takes the first sample.
    init() {
        offset = WallClock.sample()
        sampled = WallClock.monotonic()
    }

    /// Takes another sample when the last one is a second old.
    mutating func update(now: UInt64) {
        guard now &- sampled >= 1_000_000_000 else { return }
        sampled = now
        offset = WallClock.sample()
    }

    /// CLOCK_MONOTONIC, ns.
    static func monotonic() -> UInt64 { clock(CLOCK_MONOTONIC) }

    /// The tightest of a few: the wall clock is read between two readings of the other, which another process may get
    /// in between.
    private static func sample() -> Int64 {
        var best = (width: UInt64.max, offset: Int64(0))
        for _ in 0..<5 {
            let before = monotonic()
            let wall = clock(CLOCK_REALTIME)
            let after = monotonic()
            if after &- before < best.width {
                best = (after &- before, Int64(wall) - Int64(before + (after &- before) / 2))
            }
        }
        return best.offset
    }

    private static func clock(_ id: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(id, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
