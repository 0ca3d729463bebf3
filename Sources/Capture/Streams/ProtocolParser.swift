/// Which side of an exchange sent bytes.
enum Side: UInt8 {
    /// The side that sends requests.
    case requester
    /// The side that answers.
    case responder

    /// The other one.
    var other: Side { self == .requester ? .responder : .requester }
}

/// What the first bytes of a message say about a protocol.
enum Recognition: Equatable {
    /// They are not of this protocol.
    case no
    /// They could be, but are too few to tell.
    case maybe
    /// They are, and this side sent them.
    case yes(Side)
}

/// What is known of bytes besides themselves, when they are to be recognised.
struct RecognitionHint {
    /// How many bytes the record had that they begin, known or not. Senders mostly write whole messages.
    var recordLength: UInt64
    /// Whether nothing of their direction has been missed before them: they are its first.
    var isFirst: Bool
    /// Whether nothing of the whole connection has been missed, and the other side has said nothing yet.
    var isOpening: Bool
    /// The port of the end that sent them; 0 for AF_UNIX.
    var senderPort: UInt16
    /// The port of the end that they were sent to; 0 for AF_UNIX.
    var receiverPort: UInt16
    /// Whether the end that sent them opened the connection; nil when that was not seen.
    var isFromOpener: Bool?

    /// Whether one of the two ports is the one that a protocol is mostly found at: no proof, but reason to believe bytes that
    /// would be too little elsewhere.
    func isAt(_ port: UInt16) -> Bool { senderPort == port || receiverPort == port }
}

/// Bytes of one side, in order, as a parser gets them.
struct StreamBytes {
    /// The bytes, for the time of the call.
    var bytes: UnsafeRawBufferPointer
    /// Offset of the first of them in its direction's stream.
    var offset: UInt64
    /// Whether they begin a record: what one call of the peer or one segment brought. Messages mostly begin there, which
    /// is what a parser that lost its place should look for.
    var startsRecord: Bool
    /// Whether a record ends with them.
    var endsRecord: Bool
}

/// One application protocol, for one connection: a value that is fed both sides' bytes in the order in which they moved
/// and says what they mean by calling ``ExchangeTable``. It does no I/O and knows no clock.
///
/// To add a protocol: make a folder for it, implement this, give it a case in ``ApplicationProtocol`` and a line in
/// ``ParserTable``, and name its sample conversations in the conformance tests (`Tests/CaptureTests/Conformance`).
/// ``MessageCutter`` is there for protocols whose messages begin with their length. What the caller promises:
///
/// - bytes of one side come once and in order; how they are cut into calls means nothing;
/// - what is known by its length alone comes as ``unknown(_:from:in:)``, in its place between bytes;
/// - nothing more comes after ``closed(in:)``.
///
/// What a parser owes:
///
/// - every byte is hostile: no trap, linear time, no memory beyond what ``ExchangeTable/reserve(_:)`` granted;
/// - each exchange goes through ``ExchangeTable/begin(key:offset:stream:from:at:)`` at the request's first byte, fields,
///   ``ExchangeTable/open(_:)`` when the request's head is complete, `moved` calls, ``ExchangeTable/endRequest(_:)``,
///   ``ExchangeTable/beginResponse(_:at:)`` and ``ExchangeTable/endResponse(_:)``; it closes by itself when both have
///   ended. What is still open when the connection ends is closed by the caller;
/// - one that nobody answers skips the response: ``ExchangeTable/endRequest(_:)``, then ``ExchangeTable/endResponse(_:)``;
/// - one that is of interest only when it fails (a log-in, a ping) is not opened before it has failed; when it succeeds,
///   ``ExchangeTable/passOver(_:)``;
/// - a response is never given to a request that it may not belong to: when that is not certain, both are given up.
protocol ProtocolParser {
    /// Which protocol it is.
    static var identity: ApplicationProtocol { get }

    /// Whether a message of this protocol begins with these bytes. It must decide within ``ParserTable/signatureLength``
    /// bytes, look at few of them, and be unlikely to say yes to other protocols: all are asked, in the order of
    /// ``ParserTable``, and the first that says yes is believed until it is proved wrong.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition

    /// A parser whose next bytes, of the side that was recognised, begin a message.
    ///
    /// - Parameter atBeginning: for each side, whether nothing of it has been missed, so that its first byte begins a
    ///   message as well.
    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool))

    /// Takes bytes of one side.
    mutating func bytes(_ bytes: StreamBytes, from side: Side, in exchanges: inout ExchangeTable)

    /// Takes bytes of which only the number is known.
    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable)

    /// The connection was closed: what ends by that is ended. Memory that was reserved is given back.
    mutating func closed(in exchanges: inout ExchangeTable)

    /// The connection is not followed any more, for whatever reason but its close. Reserved memory is given back.
    mutating func abandoned(in exchanges: inout ExchangeTable)

    /// Whether bytes of this side make sense now. When they do not yet (a response whose request has not been seen:
    /// two threads' records may come in the wrong order), the connection waits a moment for the other side.
    func isReady(for side: Side) -> Bool
}
