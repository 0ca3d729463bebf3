/// How often the same thing was asked of late: what tells the repetitions of a datagram from one another, at both of its ends
/// alike. Bounded: of what was asked first, the count is forgotten.
struct RepetitionCounts {
    /// Most different things whose counts are known.
    static let maximum = 16_384

    private var places = IndexTable()
    private var keys: ContiguousArray<UInt64> = []
    private var counts: ContiguousArray<UInt32> = []
    private var next = 0

    /// None.
    init() {}

    /// Counts once more.
    ///
    /// - Returns: how often it was counted before.
    mutating func count(_ key: UInt64) -> UInt64 {
        let key = key == 0 ? 1 : key
        if let place = places[key] {
            counts[Int(place)] &+= 1
            return UInt64(counts[Int(place)])
        }
        if keys.count < RepetitionCounts.maximum {
            places.insert(key, Int32(keys.count))
            keys.append(key)
            counts.append(0)
        } else {
            places.remove(keys[next])
            places.insert(key, Int32(next))
            keys[next] = key
            counts[next] = 0
            next = (next + 1) % RepetitionCounts.maximum
        }
        return 0
    }
}
