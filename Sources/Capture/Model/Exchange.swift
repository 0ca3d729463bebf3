/// How an exchange ended.
public enum Outcome: UInt8, Sendable {
    /// It has not ended: only on ``Observation/opened(_:)``.
    case open = 0
    /// The response came, whole.
    case complete = 1
    /// The connection was closed before the response began.
    case noResponse = 2
    /// The connection was closed, or lost its framing, in the middle of the request or the response.
    case cutOff = 3
    /// The process ended before the exchange did.
    case processExited = 4
    /// The capture ended first. Not an error.
    case captureEnded = 5
    /// It was left out at this end because more happened than could be read, so it is left out at the other as well. On
    /// ``Observation/opened(_:)``: it will be. Not an error.
    case shed = 6
    /// Like ``shed``, but its other end was over before. Given by Correlate, which knows both.
    case shedAfterOther = 7
}

/// What a messaging exchange does with messages.
public enum MessageOperation: UInt8, Sendable {
    /// It is no messaging, or it is about no message.
    case none = 0
    /// It hands messages to a broker.
    case send = 1
    /// It asks for messages and gets those that are there (a poll).
    case receive = 2
    /// The broker pushes a message to who subscribed.
    case process = 3
    /// It says what became of messages (an acknowledgement).
    case settle = 4
}

/// One end's view of a request and its response.
///
/// Plain data: what varies in length lies in the batch's ``FieldBuffer`` under ``fields``. With
/// ``Observation/opened(_:)`` it has what the request's head says; with ``Observation/closed(_:)`` it is complete.
public struct Exchange: Sendable {
    /// Which exchange, and which end of it.
    public var end: ExchangeEnd
    /// What was spoken.
    public var `protocol`: ApplicationProtocol
    /// How it ended; ``Outcome/open``, or ``Outcome/shed``, while it has not.
    public var outcome: Outcome = .open
    /// Status in the protocol's own numbers (HTTP: the status code), 0 when there was none. Protocols whose failures have
    /// a text of their own give ``FieldKey/errorCode`` instead.
    public var status: Int32 = 0
    /// Whether the protocol calls its answer a failure.
    public var hasFailed = false
    /// What is done with a message; ``MessageOperation/none`` for everything but messaging.
    public var message = MessageOperation.none
    /// Whether the side that accepted the connection sent the request, as a broker does that delivers a message.
    public var isPush = false
    /// Whether it went by datagrams (UDP) rather than over a connection.
    public var isDatagram = false
    /// Whether its id is made of what both hosts of a connection know alike, whatever lies between them: TCP's own first
    /// sequence numbers.
    public var hasSharedID = false
    /// Whether its body is OTLP's, going by how the first one on its connection began; told only where nothing else says what
    /// is called.
    public var carriesTelemetry = false
    /// The socket, unique among those since the capture began.
    public var socket: UInt64
    /// Whether this is the first exchange on the socket since it was opened, and the opening was seen.
    public var isFirstOnSocket = false
    /// Whether the request's last byte has moved. When it has not with ``Observation/opened(_:)``,
    /// ``Lineage/requestEnded(_:_:)`` tells.
    public var isRequestWhole = false
    /// The process that reads the request (server) or writes it (client).
    public var process: ProcessIdentity
    /// This end's address.
    public var local: Endpoint
    /// The other end's address.
    public var peer: Endpoint
    /// The request's first byte.
    public var requestStart: ExecutionPoint
    /// The request's last byte so far.
    public var requestEnd: ExecutionPoint
    /// The response's first byte; time 0 while there is none.
    public var responseStart = ExecutionPoint(time: 0)
    /// The response's last byte so far; time 0 while there is none.
    public var responseEnd = ExecutionPoint(time: 0)
    /// When it was over, ns of the source's clock: its last byte, or, when it did not complete, what ended it; 0 while
    /// it is open.
    public var ended: UInt64 = 0
    /// What ``requestBody`` and ``responseBody`` are when the framing inside a body was not seen, so that it cannot be
    /// told from the body.
    public static let unknownLength = UInt64.max
    /// Bytes of the request's body, as sent (before decoding, without chunk framing), or ``unknownLength``.
    public var requestBody: UInt64 = 0
    /// Bytes of the response's body, likewise.
    public var responseBody: UInt64 = 0
    /// Messages of the request, where a protocol has several in one (gRPC, WebSocket), or ``unknownLength`` when some were
    /// not seen; 0 where they are not counted.
    public var requestMessages: UInt64 = 0
    /// Messages of the response, likewise.
    public var responseMessages: UInt64 = 0
    /// Its named values in the batch's ``FieldBuffer``.
    public var fields: FieldRange = .empty

    /// An exchange whose request has just begun.
    public init(
        end: ExchangeEnd, protocol: ApplicationProtocol, socket: UInt64, process: ProcessIdentity, local: Endpoint,
        peer: Endpoint, requestStart: ExecutionPoint
    ) {
        self.end = end
        self.protocol = `protocol`
        self.socket = socket
        self.process = process
        self.local = local
        self.peer = peer
        self.requestStart = requestStart
        self.requestEnd = requestStart
    }
}
