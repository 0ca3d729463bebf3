internal import Glibc

/// CLOCK_REALTIME: what people and other machines call the time. It can be set, so nothing is measured by it.
public enum WallTime {
    /// Now, ns since 1970.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
