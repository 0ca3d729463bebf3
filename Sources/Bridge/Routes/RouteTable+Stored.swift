/// The routes of all services as they are kept over a restart: how many services (2 bytes), and of each its key (8) and its
/// routes, the one that was idle for longest first.
extension RouteTable {
    /// Adds all of them to a file.
    func store(into bytes: inout [UInt8]) {
        bytes.append(littleEndian: UInt16(clamping: tries.count))
        for place in tries.indices.sorted(by: { (used[$0], $0) < (used[$1], $1) }) {
            bytes.append(littleEndian: keys[place])
            tries[place].store(into: &bytes)
        }
    }

    /// Reads what was stored; nil if it is not that. All services count as spoken to now.
    ///
    /// - Parameter now: ns of the monotonic clock.
    init?(_ reader: inout StateReader, now: UInt64) {
        self.init()
        guard let count = reader.number(UInt16.self), count <= RouteTable.maximumServices else { return nil }
        for _ in 0..<count {
            guard let key = reader.number(UInt64.self), places[key] == nil, let trie = RouteTrie(&reader) else {
                return nil
            }
            places[key] = tries.count
            tries.append(trie)
            keys.append(key)
            used.append(now)
            nodes += trie.count - 1
            guard nodes <= RouteTable.maximumNodes else { return nil }
        }
        (counters.services, counters.parts) = (UInt64(tries.count), UInt64(nodes))
    }
}
