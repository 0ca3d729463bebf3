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

    /// What is remembered of an opening.
    struct Opening {
        /// On whose behalf the connection was opened.
        var standing: Standing
        /// By which thread, and in which turn of its event loop.
        var thread: UInt32
        var turn: UInt32
    }

    private var openings: SlabTable<SocketKey, Opening>

    init(options: CorrelateOptions) { openings = SlabTable(capacity: options.maximumSockets) }

    /// A unit with this standing began to open a connection.
    mutating func opened(
        _ number: UInt64, by standing: Standing, at point: ExecutionPoint, _ counters: inout CorrelateCounters
    ) {
        closed(number)
        guard standing.choices > 0 else { return }
        if openings.isFull, let oldest = openings.oldest() {
            openings.remove(oldest)
            counters[evicted: .socket] &+= 1
        }
        let opening = Opening(standing: standing, thread: point.thread, turn: point.turn)
        _ = openings.insert(SocketKey(number: number), opening)
    }

    /// A connection was closed.
    mutating func closed(_ number: UInt64) {
        if let slot = openings.find(SocketKey(number: number)) { openings.remove(slot) }
    }

    /// On whose behalf a call is made, going by who opened its connection. Asked once for each connection.
    ///
    /// - Returns: the opener's standing, and whether it opened the connection in the very turn in which the call is made.
    mutating func opening(
        of call: borrowing Exchange, _ exchanges: borrowing ExchangeTable
    ) -> (standing: Standing, isInSameTurn: Bool) {
        guard call.isFirstOnSocket, let slot = openings.find(SocketKey(number: call.socket)) else {
            return (.nothing, false)
        }
        let opening = openings[slot]
        openings.remove(slot)
        let point = call.requestStart
        let isSame =
            opening.thread == point.thread && opening.turn == point.turn && point.turn != ExecutionPoint.unknownTurn
        let candidate = opening.standing.candidate
        guard candidate == .none || exchanges.isAlive(candidate, at: point.time) else { return (.nothing, isSame) }
        return (opening.standing, isSame)
    }
}
