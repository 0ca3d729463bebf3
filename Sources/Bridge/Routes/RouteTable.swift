/// The routes of all services (``RouteTrie``), each known by a key. Bounded in services and in nodes of all together; a
/// service that nobody has spoken to for an hour makes room.
struct RouteTable: Sendable {
    /// What was learned, and what there was no room for.
    struct Counters: Sendable {
        /// Services that are known.
        var services: UInt64 = 0
        /// Parts of routes that are known.
        var parts: UInt64 = 0
        /// Paths for which no route was looked for, since there were too many services.
        var refused: UInt64 = 0
    }

    /// Most services.
    static let maximumServices = 256
    /// Most nodes of all services.
    static let maximumNodes = 16_384
    /// How long a service must be idle before another takes its place, ns.
    static let idle: UInt64 = 3_600_000_000_000

    var tries: [RouteTrie] = []
    var used: [UInt64] = []
    var keys: [UInt64] = []
    var places: [UInt64: Int] = [:]
    /// Nodes of all services, their roots apart.
    var nodes = 0
    var counters = Counters()

    /// Adds the route of a path to `route`.
    ///
    /// - Parameters:
    ///   - key: the service's.
    ///   - learns: whether the path is known to lead somewhere.
    ///   - now: ns of the monotonic clock.
    /// - Returns: false when none is known; then what was added to `route` means nothing.
    mutating func write(
        _ path: UnsafeRawBufferPointer, of key: UInt64, learns: Bool, now: UInt64, to route: inout [UInt8]
    ) -> Bool {
        guard let place = places[key] ?? (learns ? add(key, now: now) : nil) else { return false }
        used[place] = max(used[place], now)
        let before = tries[place].count
        let most = before + max(RouteTable.maximumNodes - nodes, 0)
        let isKnown = tries[place].write(path, learns: learns, most: most, to: &route)
        nodes += tries[place].count - before
        counters.parts = UInt64(max(nodes, 0))
        return isKnown
    }

    /// The place of a service that is not known yet.
    private mutating func add(_ key: UInt64, now: UInt64) -> Int? {
        var place = tries.count
        if place < RouteTable.maximumServices {
            tries.append(RouteTrie())
            used.append(now)
            keys.append(key)
        } else {
            // Seldom: there is no order of use to keep meanwhile.
            guard let oldest = used.indices.min(by: { used[$0] < used[$1] }),
                now > used[oldest], now - used[oldest] >= RouteTable.idle
            else {
                counters.refused &+= 1
                return nil
            }
            place = oldest
            places[keys[place]] = nil
            nodes -= tries[place].count - 1
            (tries[place], used[place], keys[place]) = (RouteTrie(), now, key)
        }
        places[key] = place
        counters.services = UInt64(tries.count)
        return place
    }
}
