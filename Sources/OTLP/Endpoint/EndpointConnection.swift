import NIOHTTP1

/// One connection of an ``EndpointServer``, without its socket: one request, one answer, the end. So nothing can be asked
/// ahead of its answer, and how long a connection lasts is bounded whatever the peer does. Who asks every few seconds makes
/// a connection each time.
struct EndpointConnection {
    private enum Phase {
        /// The request is coming.
        case reading
        /// The answer is being sent.
        case writing
        /// Everything is sent. Closing at once, with something of the peer's unread, would reset the connection and take the
        /// answer away.
        case lingering
    }

    /// How long a peer may take to read the end of its answer, ns.
    static let linger: UInt64 = 2_000_000_000

    private let writeTimeout: UInt64
    private var phase = Phase.reading
    /// When the present phase has taken too long, ns of CLOCK_MONOTONIC.
    private var deadline: UInt64

    /// A connection that was made now (ns of CLOCK_MONOTONIC).
    init(readTimeout: UInt64, writeTimeout: UInt64, now: UInt64) {
        self.writeTimeout = writeTimeout
        deadline = now &+ readTimeout
    }

    /// Whether the request has not been answered.
    var isReading: Bool {
        if case .reading = phase { true } else { false }
    }

    /// A request's head came; nil when it is not the first.
    mutating func received(_ head: HTTPRequestHead, now: UInt64) -> EndpointDecision? {
        guard isReading else { return nil }
        answers(now: now)
        return .make(head)
    }

    /// What came is not HTTP, or its head is too large; nil when a request was answered already.
    mutating func receivedGarbage(headTooLarge: Bool, now: UInt64) -> EndpointAnswer? {
        guard isReading else { return nil }
        answers(now: now)
        return headTooLarge
            ? EndpointAnswer(status: 431, text: "the head of the request is too large")
            : EndpointAnswer(status: 400, text: "HTTP/1.1 was expected")
    }

    /// The answer has left.
    mutating func wrote(now: UInt64) {
        phase = .lingering
        deadline = now &+ Self.linger
    }

    /// Whether the peer has taken too long.
    func isOver(now: UInt64) -> Bool { now >= deadline }

    private mutating func answers(now: UInt64) {
        phase = .writing
        deadline = now &+ writeTimeout
    }
}
