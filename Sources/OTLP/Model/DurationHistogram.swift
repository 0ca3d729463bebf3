/// Durations, counted by how long they were: a histogram whose buckets' bounds are doubled from one to the next. Its bounds
/// are those that Tempo gives span metrics by default (0.002 s to 16.384 s).
public struct DurationHistogram: Sendable {
    /// How many buckets have an upper bound; one more takes the rest.
    public static let bounds = 14
    /// The first bucket's upper bound, ns.
    private static let first: UInt64 = 2_000_000

    private var counts = InlineArray<15, UInt64>(repeating: 0)
    /// All of them together, ns.
    public private(set) var sum: UInt64 = 0
    /// How many there were.
    public private(set) var count: UInt64 = 0

    /// Nothing yet.
    public init() {}

    /// The upper bound of a bucket, which belongs to it, ns.
    public static func bound(_ bucket: Int) -> UInt64 { first << UInt64(bucket) }

    /// How many lie in a bucket, 0...``bounds``; not those in the buckets below it.
    public subscript(bucket: Int) -> UInt64 { counts[bucket] }

    /// Counts one, ns.
    public mutating func add(_ duration: UInt64) {
        let multiple = duration == 0 ? 0 : (duration - 1) / Self.first
        counts[min(UInt64.bitWidth - multiple.leadingZeroBitCount, Self.bounds)] &+= 1
        sum &+= duration
        count &+= 1
    }
}
