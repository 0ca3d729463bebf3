import Synchronization

/// What a receiver was sent and what became of it.
public struct ReceiverCounters: Sendable, Equatable {
    /// What one signal's items became: the metrics `interspan_receiver_accepted_…`, `…_refused_…`.
    public struct Items: Sendable, Equatable {
        /// Taken: the peer was told so.
        public internal(set) var accepted: UInt64 = 0
        /// Not taken because there was no room or no pipeline; the peer was told so.
        public internal(set) var refused: UInt64 = 0
        /// Not taken because they are ill-formed; the peer was told in a partial success.
        public internal(set) var rejected: UInt64 = 0
    }

    private var items = [Items](repeating: Items(), count: Signal.allCases.count)

    /// Requests that were answered, whatever the answer.
    public internal(set) var requests: UInt64 = 0
    /// Requests that could not be parsed, compressed ones that could not be decompressed included.
    public internal(set) var malformed: UInt64 = 0
    /// Requests whose head or body is larger than is taken.
    public internal(set) var tooLarge: UInt64 = 0
    /// Requests told to come again because too many bytes are in flight.
    public internal(set) var busy: UInt64 = 0
    /// Requests for something that is not served: path, method, content type, compression.
    public internal(set) var unsupported: UInt64 = 0
    /// Connections and calls ended because nothing whole came in time.
    public internal(set) var timeouts: UInt64 = 0
    /// Requests whose peer went away before they were whole.
    public internal(set) var aborted: UInt64 = 0
    /// Connections on which something came that is not the protocol.
    public internal(set) var protocolErrors: UInt64 = 0
    /// Connections whose TLS handshake failed.
    public internal(set) var tlsFailures: UInt64 = 0
    /// Connections that were taken.
    public internal(set) var connectionsAccepted: UInt64 = 0
    /// Connections closed at once because there were too many.
    public internal(set) var connectionsRefused: UInt64 = 0
    /// Connections that are open.
    public internal(set) var connectionsOpen = 0
    /// Bytes of requests in flight.
    public internal(set) var bytesInFlight = 0

    /// What became of a signal's items.
    public internal(set) subscript(signal: Signal) -> Items {
        get { items[signal.rawValue] }
        set { items[signal.rawValue] = newValue }
    }
}

/// Counters that several threads write and anyone reads.
final class SharedReceiverCounters: Sendable {
    private let counters = Mutex(ReceiverCounters())
    private let bytesInFlight = Atomic(0)

    /// All at one moment.
    var current: ReceiverCounters {
        var current = counters.withLock { $0 }
        current.bytesInFlight = bytesInFlight.load(ordering: .relaxed)
        return current
    }

    /// Tells how many bytes of requests are in flight now; it changes with every piece that is read.
    func set(bytesInFlight count: Int) { bytesInFlight.store(count, ordering: .relaxed) }

    /// Changes them.
    func update(_ change: (inout ReceiverCounters) -> Void) { counters.withLock { change(&$0) } }

    /// Counts a signal's items.
    func count(_ signal: Signal, accepted: Int = 0, refused: Int = 0, rejected: Int = 0) {
        update { counters in
            counters[signal].accepted &+= UInt64(accepted)
            counters[signal].refused &+= UInt64(refused)
            counters[signal].rejected &+= UInt64(rejected)
        }
    }
}
