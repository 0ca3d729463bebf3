/// AF_UNIX connections by both their ends' numbers. An end that closes first leaves no record; the other one finds it, and
/// knows the first by the same two numbers, the other way round.
struct UnixEnds {
    private var places = IndexTable()

    /// Notes where a connection is whose ends have these numbers. One without both is not noted.
    mutating func note(_ index: Int32, _ connection: Connection) {
        guard let key = UnixEnds.key(connection.local, connection.peer) else { return }
        places.insert(key, index)
    }

    /// Forgets a connection. Sockets that come later may have had the same numbers and its place since.
    mutating func forget(_ index: Int32, _ connection: Connection) {
        guard let key = UnixEnds.key(connection.local, connection.peer), places[key] == index else { return }
        places.remove(key)
    }

    /// Where the connection is that may have these ends: numbers are hashed, so whoever asks compares.
    func place(local: Endpoint, peer: Endpoint) -> Int32? {
        UnixEnds.key(local, peer).flatMap { places[$0] }
    }

    private static func key(_ local: Endpoint, _ peer: Endpoint) -> UInt64? {
        guard local.family == .unix, local.high != 0, peer.high != 0 else { return nil }
        var mixer = Mixer(seed: local.high)
        mixer.absorb(peer.high)
        return mixer.finish().0 | 1
    }
}
