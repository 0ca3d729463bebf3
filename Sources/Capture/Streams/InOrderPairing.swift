/// Which response is which request's, on a connection that answers in the order of the requests.
///
/// From the beginning on that is counting. On a connection that was joined, or where bytes were missed, a response may be
/// that of a request nobody saw; then a request is only believed to be answered next when nothing else is owed and the
/// client has not been seen to send requests ahead of responses, or after a silence. What cannot be told is given up on
/// both sides and counted: no span is better than one with another's answer.
struct InOrderPairing {
    /// Silence after which nothing is owed any more, ns.
    private static let silence: UInt64 = 200_000_000

    /// Requests that were begun here and not answered.
    private(set) var outstanding = 0
    /// Requests that were given up and may still be answered: at least so many.
    private var owed = 0
    private var isSure: Bool
    /// Whether that is a presumption, which the first answer confirms.
    private var isPresumed = false
    /// Whether the client sends requests before earlier ones have been answered.
    private var pipelines = false
    private var lastTime: UInt64 = 0
    private var nextKey: UInt64 = 0

    /// The pairing of a connection.
    ///
    /// - Parameter atBeginning: whether nothing of either side has been missed.
    init(atBeginning: Bool) { isSure = atBeginning }

    /// Whether every request was answered that was ever sent, so that a response would be nobody's.
    var expectsNothing: Bool { isSure && outstanding == 0 && owed == 0 }

    /// A request begins.
    ///
    /// - Returns: its exchange; ``ExchangeHandle/none`` when its response could not be told from others', or when there is
    ///   no room.
    mutating func begin(
        offset: UInt64, at point: ExecutionPoint? = nil, in exchanges: inout ExchangeTable
    ) -> ExchangeHandle {
        let time = (point ?? exchanges.context.point).time
        let wasSilent = time >= lastTime &+ InOrderPairing.silence
        if outstanding > 0 {
            pipelines = true
            if isPresumed { giveUpPresumption(in: &exchanges) }
        }
        if !isSure, outstanding == 0, wasSilent || (owed == 0 && !pipelines) {
            isSure = true
            isPresumed = true
            owed = 0
        }
        lastTime = max(lastTime, time)
        guard isSure else {
            owed += 1
            exchanges.count(.unpaired)
            return .none
        }
        let handle = exchanges.begin(key: nextKey, offset: offset, at: point)
        nextKey &+= 1
        if handle == .none {
            // It is answered all the same, and everything behind it with it.
            isSure = false
            owed += 1
        } else {
            outstanding += 1
        }
        return handle
    }

    /// A response begins: whose it is, or ``ExchangeHandle/none``. It stays outstanding until ``answered()``.
    mutating func response(in exchanges: inout ExchangeTable) -> ExchangeHandle {
        lastTime = max(lastTime, exchanges.context.point.time)
        if outstanding > 0 {
            let handle = exchanges.firstUnanswered()
            if handle != .none { return handle }
            outstanding = 0
        }
        if owed > 0 { owed -= 1 }
        exchanges.count(.orphanResponse)
        return .none
    }

    /// The response to the oldest request has ended, or will not come.
    mutating func answered() {
        if outstanding > 0 { outstanding -= 1 }
        if outstanding == 0 { isPresumed = false }
    }

    /// The newest request gets no response after all.
    mutating func withdrawn() { answered() }

    /// Joined in the middle of a pipeline: how far the responses are behind is not known.
    private mutating func giveUpPresumption(in exchanges: inout ExchangeTable) {
        while case let handle = exchanges.firstUnanswered(), handle != .none { exchanges.close(handle, .cutOff) }
        owed += outstanding
        outstanding = 0
        isSure = false
        isPresumed = false
    }

    /// Responses were missed: what was under way is given up.
    mutating func lostResponses(in exchanges: inout ExchangeTable) {
        while case let handle = exchanges.firstUnanswered(), handle != .none { exchanges.close(handle, .cutOff) }
        outstanding = 0
        isSure = false
    }

    /// Requests were missed. Those before them are answered first.
    mutating func lostRequests() { isSure = false }
}
