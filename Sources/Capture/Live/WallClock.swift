internal import Glibc

/// What to add to CLOCK_MONOTONIC to get CLOCK_REALTIME: sampled each second, since the wall clock is adjusted, and may be
/// set by hours at once.
struct WallClock {
    /// Reads a clock, ns. Tests give one of their own.
    typealias Reading = @Sendable (clockid_t) -> UInt64

    /// ns.
    private(set) var offset: Int64
    private var sampled: UInt64
    private let read: Reading

    /// Takes the first sample.
    init(_ read: @escaping Reading = WallClock.system) {
        self.read = read
        offset = WallClock.sample(read)
        sampled = read(CLOCK_MONOTONIC)
    }

    /// Takes another sample when the last one is a second old.
    mutating func update(now: UInt64) {
        // A pass hands over what is 10 ms old: its time may lie before that of the first sample.
        guard now > sampled, now - sampled >= 1_000_000_000 else { return }
        sampled = now
        offset = WallClock.sample(read)
    }

    /// CLOCK_MONOTONIC, ns.
    static func monotonic() -> UInt64 { system(CLOCK_MONOTONIC) }

    /// The tightest of a few: the wall clock is read between two readings of the other, which another process may get
    /// in between. All of them are later than a step that came before, and a step in between makes none of them wider: the
    /// next second has it.
    private static func sample(_ read: Reading) -> Int64 {
        var best = (width: UInt64.max, offset: Int64(0))
        for _ in 0..<5 {
            let before = read(CLOCK_MONOTONIC)
            let wall = read(CLOCK_REALTIME)
            let after = read(CLOCK_MONOTONIC)
            if after &- before < best.width {
                best = (after &- before, Int64(wall) - Int64(before + (after &- before) / 2))
            }
        }
        return best.offset
    }

    /// The system's clocks.
    static let system: Reading = { id in
        var time = timespec()
        clock_gettime(id, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
