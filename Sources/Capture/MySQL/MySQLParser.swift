/// MySQL's client/server protocol, as MySQL and MariaDB speak it:
/// https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html and
/// https://mariadb.com/kb/en/clientserver-protocol/
///
/// Fields: ``FieldKey/statement`` and ``FieldKey/statementEnd`` (of executions the text that was prepared),
/// ``FieldKey/method`` for commands without one, ``FieldKey/namespace`` (the database in use),
/// ``FieldKey/rows``, ``FieldKey/errorCode`` (the server's number) with ``FieldKey/errorDetail`` (its SQLSTATE alone),
/// ``FieldKey/version`` (`MariaDB`, where the server has said so), ``FieldKey/compression``, ``FieldKey/context`` (query
/// attributes).
///
/// Each packet says its length; the first packet of an answer and the command that it answers say what follows. A
/// connection that was joined does without the handshake: what was agreed on in it shows in the packets themselves. When
/// bytes are missing:
///
/// - inside a packet: nothing is lost;
/// - inside an answer: it ends where a record ends with the packet that ends answers, or else with the next command;
///   its rows are not counted;
/// - anywhere else: a command, or the first packet of an answer, is looked for at the start of each record.
///
/// Once compression has been agreed on, packets are not read any more: their own framing tells requests and answers.
struct MySQLParser: ProtocolParser {
    static let identity = ApplicationProtocol.mysql
    /// Packets in a row that were none before the connection is given up, when none was right before.
    static let patience = 3
    /// Likewise, when some were.
    static let patienceAfterSuccess = 64
    /// Answers of more than so many bytes are not copied whole by the kernel; their rows are not counted.
    static let longAnswer: UInt64 = 1 << 20

    /// How far the connection has come.
    enum Phase {
        /// The server's greeting is next.
        case greeting
        /// The client logs in.
        case login
        /// Commands and their answers.
        case commands
        /// Likewise, compressed.
        case compressed
    }

    /// What the next packet of the server is.
    enum Expected {
        /// The first of an answer, or of a further result of it.
        case first
        /// Column definitions, so many of them; then what ``MySQLParser/Expected/metadataEnd`` says.
        case columns(UInt64)
        /// The end of the columns where there is one, else the first row.
        case metadataEnd
        /// Rows.
        case rows
        /// Definitions of a prepared statement's parameters, then of its columns.
        case parameters(UInt64, columns: UInt64)
        /// The end of a list of definitions, if there is one; so many columns follow.
        case definitionsEnd(columns: UInt64)
    }

    var phase: Phase
    var request: MessageCutter
    var response: MessageCutter
    var queue: ReplyQueue
    var statements = StatementMemory()

    /// The request whose bytes are moving.
    var sending = ExchangeHandle.none
    /// The command that is being sent.
    var command = MySQLCommand.query
    /// Whether the packet that is being sent, or answered, is continued by the next one.
    var isRequestContinued = false
    /// Whether four bytes that came by themselves were taken for a packet's header.
    var isRequestTentative = false
    var isResponseContinued = false
    /// Whether the exchange that is being sent is opened when its last byte has come: its statement's end may matter.
    var opensAtEnd = false
    /// Whether that end is still to come.
    var awaitsStatementEnd = false
    /// The end of the statement that is being sent.
    var statementEnd = StatementEnd()
    /// The name of the statement whose end is still to come; nil when none is.
    var preparing: UInt64?
    /// Names for statements that the server has not numbered yet.
    var nextUnnumbered: UInt64 = 1 << 32

    var expected = Expected.first
    /// The sequence id of the server's next packet; nil when any will do.
    var nextSequence: UInt8?
    /// Whether the first request's answer has begun.
    var isAnswering = false
    /// Whether the answer that is under way cannot be followed: its end is looked for.
    var isDraining = false
    /// Whether the server waits for a file of the client's.
    var isReceivingFile = false
    /// Whether an end of definitions may come although the answer is over.
    var mayEndAgain = false
    var rows: UInt64 = 0
    var areRowsKnown = true
    /// Bytes of the answer so far.
    var answered: UInt64 = 0
    var wantsEverything = false

    /// Whether EOF packets are left out; nil while that is not known.
    var deprecatesEOF: Bool?
    /// Whether queries may have attributes; nil while that is not known.
    var hasAttributes: Bool?
    var serverCapabilities = MySQLCapabilities()
    var capabilities = MySQLCapabilities()
    var isMariaDB = false
    var namespace: [UInt8] = []
    var nextNamespace: [UInt8]?

    var failures = 0
    var hasSucceeded = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        MySQLSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        let isWhole = atBeginning.requester && atBeginning.responder
        phase = side == .responder ? .greeting : .commands
        request = MessageCutter(
            atStart: side == .requester || atBeginning.requester, limit: FieldBuffer.maximumValue + 64,
            tailLimit: StatementEnd.limit)
        response = MessageCutter(atStart: side == .responder || atBeginning.responder, limit: 256)
        queue = ReplyQueue(atBeginning: isWhole)
    }

    func isReady(for side: Side) -> Bool {
        guard side == .responder, case .commands = phase, queue.isCertain, queue.isEmpty, !mayEndAgain else {
            return true
        }
        return !response.isAtStart
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        var rest = chunk.bytes
        if side == .requester {
            if request.isLost || isRequestTentative, chunk.startsRecord { findRequest(chunk.bytes, in: &exchanges) }
        } else {
            answered &+= UInt64(rest.count)
            if response.isLost, chunk.startsRecord { findAnswer(chunk.bytes, in: &exchanges) }
        }
        take(&rest, endingAt: chunk.offset &+ UInt64(rest.count), from: side, in: &exchanges)
        if side == .responder, response.isLost, chunk.endsRecord { findEnd(chunk.bytes, in: &exchanges) }
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        var rest = UnsafeRawBufferPointer(start: nil, count: 0)
        if side == .requester {
            request.skip(count)
        } else {
            response.skip(count)
            answered &+= count
        }
        take(&rest, endingAt: 0, from: side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) {
        // What could not be followed to its end has ended now.
        if isDraining { finish(in: &exchanges) }
        abandoned(in: &exchanges)
    }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        statements.removeAll(in: &exchanges)
        request.lose(in: &exchanges)
        response.lose(in: &exchanges)
    }

    /// Takes all of `rest`, packet by packet.
    private mutating func take(
        _ rest: inout UnsafeRawBufferPointer, endingAt end: UInt64, from side: Side, in exchanges: inout ExchangeTable
    ) {
        while exchanges.surrender == nil {
            let offset = end &- UInt64(rest.count)
            let measure = phase == .compressed ? MySQLPacket.measureCompressed : MySQLPacket.measure
            let event =
                side == .requester
                ? request.next(&rest, at: offset, in: &exchanges, measure)
                : response.next(&rest, at: offset, in: &exchanges, measure)
            switch event {
            case .head(let head):
                switch (phase, side) {
                case (.compressed, .requester): compressedRequest(head, in: &exchanges)
                case (.compressed, .responder): compressedAnswer(head, isLast: rest.isEmpty, in: &exchanges)
                case (_, .requester): requestHead(head, left: rest.count, in: &exchanges)
                case (_, .responder): answerHead(head, in: &exchanges)
                }
            case .end(let end):
                if side == .requester {
                    requestEnd(end, in: &exchanges)
                } else if phase == .compressed {
                    compressedAnswerEnd(isLast: rest.isEmpty, in: &exchanges)
                }
            case .lost:
                if side == .requester { lostRequests(in: &exchanges) } else { lostAnswer(in: &exchanges) }
            case .more:
                if side == .requester {
                    exchanges.requestMoved(sending)
                } else if isAnswering, let reply = queue.first {
                    exchanges.responseMoved(reply.handle)
                }
                return
            }
        }
    }

    /// A packet is none.
    mutating func fail(_ side: Side, in exchanges: inout ExchangeTable) {
        failures += 1
        exchanges.count(.malformed)
        if side == .requester {
            request.lose(in: &exchanges)
            lostRequests(in: &exchanges)
        } else {
            response.lose(in: &exchanges)
            lostAnswer(in: &exchanges)
        }
        if failures >= (hasSucceeded ? MySQLParser.patienceAfterSuccess : MySQLParser.patience) {
            exchanges.surrender = .unrecognised
        }
    }
}
