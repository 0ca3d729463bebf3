/// The calls that are under way at a moment, by what they say of the request they lead to.
struct OpenCalls {
    /// By what a call is found.
    enum Key: Hashable {
        case exchange(UInt64)
        case port(UInt16)
        case id(UInt64)
        case signature(UInt64)
        /// Calls that say nothing of what they ask for.
        case silent
        case all
    }

    /// Calls under one key. Those that are over stay until there are twice as many as were left the last time, so that what
    /// forgetting costs does not grow with what is under way.
    private struct Bucket {
        var calls: [UInt32] = []
        var limit = 32
    }

    /// How many calls of one kind are looked at, the latest first.
    static let maximumLooked = 512
    /// How many are passed over on the way to those.
    private static let maximumPassed = 8192
    /// Calls under all keys are forgotten at the latest when there are so many entries.
    private static let sweepAt = 1 << 20

    private var buckets: [Key: Bucket] = [:]
    private var entries = 0
    private var nextSweep = OpenCalls.sweepAt

    /// A call has begun.
    mutating func insert(_ call: UInt32, _ details: FileSpanDetails?) {
        add(call, .all)
        guard let details else { return add(call, .silent) }
        add(call, details.signature == 0 ? .silent : .signature(details.signature))
        if details.exchange != 0 { add(call, .exchange(details.exchange)) }
        if details.clientPort != 0 { add(call, .port(details.clientPort)) }
        for place in 0..<details.ids.count where details.ids[place] != 0 { add(call, .id(details.ids[place])) }
    }

    private mutating func add(_ call: UInt32, _ key: Key) {
        buckets[key, default: Bucket()].calls.append(call)
        entries += 1
    }

    /// Gives the calls under a key, the latest first, to a body that says whether one counts among those looked at.
    func forEach(_ key: Key, _ body: (UInt32) -> Bool) {
        guard let found = buckets[key]?.calls else { return }
        var (looked, passed) = (0, 0)
        for call in found.reversed() {
            if body(call) { looked += 1 } else { passed += 1 }
            if looked == OpenCalls.maximumLooked || passed == OpenCalls.maximumPassed { return }
        }
    }

    /// Forgets calls that are over: those under a key when they have become many, and now and then all of them.
    mutating func forget(_ key: Key, where isOver: (UInt32) -> Bool) {
        if let bucket = buckets[key], bucket.calls.count >= bucket.limit { compact(key, where: isOver) }
        guard entries > nextSweep else { return }
        for key in Array(buckets.keys) { compact(key, where: isOver) }
        nextSweep = max(OpenCalls.sweepAt, 2 * entries)
    }

    private mutating func compact(_ key: Key, where isOver: (UInt32) -> Bool) {
        guard let index = buckets.index(forKey: key) else { return }
        let before = buckets.values[index].calls.count
        buckets.values[index].calls.removeAll(where: isOver)
        let after = buckets.values[index].calls.count
        entries -= before - after
        buckets.values[index].limit = max(32, 2 * after)
        if after == 0 { buckets[key] = nil }
    }
}
