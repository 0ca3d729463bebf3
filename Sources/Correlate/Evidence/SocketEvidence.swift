import Capture

/// A connection, by its socket.
struct SocketKey: SlabKey {
    var number: UInt64
    var slabHash: UInt64 { number }
}

/// A connection that was opened while a request was being handled was opened for it: the first call on it belongs to that
/// request, whenever it is written. Later calls do not, since connections are kept and shared.
struct SocketEvidence: ~Copyable {
    /// How far this evidence is to be trusted against other kinds. The first call on a connection is written when the
    /// connection stands, so what else its thread did in that turn says little about it.
    static let weight = 9.0

    private var openings: SlabTable<SocketKey, Standing>

    init(options: CorrelateOptions) { openings = SlabTable(capacity: options.maximumSockets) }

    /// A unit with this standing began to open a connection.
    mutating func opened(_ number: UInt64, by standing: Standing, _ counters: inout CorrelateCounters) {
        closed(number)
        guard standing.candidate != .none else { return }
        if openings.isFull, let oldest = openings.oldest() {
            openings.remove(oldest)
            counters[evicted: .socket] &+= 1
        }
        _ = openings.insert(SocketKey(number: number), standing)
    }

    /// A connection was closed.
    mutating func closed(_ number: UInt64) {
        if let slot = openings.find(SocketKey(number: number)) { openings.remove(slot) }
    }

    /// On whose behalf a call is made, going by who opened its connection. Asked once for each connection.
    mutating func standing(of call: borrowing Exchange, _ exchanges: borrowing ExchangeTable) -> Standing {
        guard call.isFirstOnSocket, let slot = openings.find(SocketKey(number: call.socket)) else { return .nothing }
        let standing = openings[slot]
        openings.remove(slot)
        return exchanges.isAlive(standing.candidate, at: call.requestStart.time) ? standing : .nothing
    }
}
