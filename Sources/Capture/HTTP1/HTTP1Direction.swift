/// Where one direction of an HTTP/1 connection stands.
struct HTTP1Direction {
    /// What its next byte belongs to.
    enum State {
        /// Not known: a message is looked for at the start of each record.
        case seeking
        /// A new message, or empty lines before it.
        case start
        /// A message's head.
        case head
        /// A head of which bytes are missing.
        case headGap
        /// A body of which so many bytes are to come.
        case fixed(UInt64)
        /// A chunked body.
        case chunked(ChunkedFraming)
        /// A chunked body whose framing was lost: its end is told by the last chunk at the end of a record, or by the next
        /// message. Has the last bytes that are known.
        case chunkedLost(UInt64)
        /// A body that ends with the connection.
        case untilClose
        /// The frames of a WebSocket.
        case frames(WebSocketFraming)
        /// What follows a CONNECT, until its answer says whether that is a tunnel.
        case offered
    }

    /// What its next byte belongs to.
    var state: State
    /// Whether the message began where one was looked for: then it is not an error if it is none.
    var isTentative = false
    /// Whether bytes were passed over since the last message that is sure.
    var hasSkipped = false
    /// The exchange whose message is under way.
    var handle = ExchangeHandle.none
    /// Where the message's first byte moved.
    var start = ExecutionPoint(time: 0)
    /// Lines of the head so far.
    var lines: UInt32 = 0
    /// A line that is not complete.
    var buffer = HTTP1LineBuffer()
    /// What the head says of the body.
    var framing = BodyFraming()
    /// What its head names as the next protocol.
    var upgrade = HTTP1Upgrade.none
    /// Whether its body is a stream of events that can be read.
    var isEventStream = false
    /// Whether its body is compressed.
    var isEncoded = false
    /// What its body is, going by its media type.
    var bodyKind = BodyKind.unknown
    /// Whether a body follows of which nothing has been seen.
    var awaitsBody = false
    /// Where that stream stands.
    var events = EventStream()
    /// A response's status.
    var status: Int32 = 0
    /// Whether the kernel was asked to leave out the body's bytes.
    var leavesOutBody = false

    /// A direction whose next byte begins a message, or may lie anywhere.
    init(atStart: Bool) { state = atStart ? .start : .seeking }

    /// Whether it has lost its place and something was missed by that.
    var isLost: Bool {
        switch state {
        case .seeking: hasSkipped
        case .chunkedLost: true
        default: false
        }
    }
}
