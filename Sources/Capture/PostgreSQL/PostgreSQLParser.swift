/// PostgreSQL's frontend/backend protocol, version 3: https://www.postgresql.org/docs/current/protocol.html
///
/// Fields: ``FieldKey/statement`` and ``FieldKey/statementEnd`` (of executions the text that was parsed), ``FieldKey/method``
/// for requests without one, ``FieldKey/namespace`` (the database, as the client named it when it connected),
/// ``FieldKey/rows``, ``FieldKey/errorCode`` (the SQLSTATE).
///
/// A simple query is an exchange, until the server is ready for another. In the extended protocol each Execute is one: from
/// the first message that prepares it (Parse, Bind, Describe), until its command is complete. Preparations without an
/// Execute, and the log-in, are of interest only when they fail. After a failure the server passes over everything up to
/// the next Sync: those exchanges have failed with it, without a code of their own.
///
/// Answers come in the order of the requests, and what an answer may consist of is known: what does not fit shows that some
/// were missed. When bytes are missing:
///
/// - inside a message: nothing is lost;
/// - inside an answer: it ends where a record ends with ReadyForQuery, in front of which the tag of the last command or an
///   error stands, or else with the client's next request;
/// - anywhere else: a message is looked for at the start of each record.
struct PostgreSQLParser: ProtocolParser {
    static let identity = ApplicationProtocol.postgresql
    /// Messages in a row that were none before the connection is given up, when none was right before.
    static let patience = 3
    /// Likewise, when some were.
    static let patienceAfterSuccess = 64

    /// What waits to be answered.
    enum Pending: UInt8 {
        /// A wish for encryption: answered by one byte.
        case encryption
        /// The log-in.
        case startup
        /// A simple query.
        case query
        /// The call of a function.
        case function
        /// An Execute with what prepares it.
        case execute
        /// Parse, Describe, Close, without an Execute.
        case prepare
        /// A Sync.
        case sync

        /// Whether the server is ready for another query behind it.
        var endsBatch: Bool {
            switch self {
            case .startup, .query, .function, .sync: true
            case .encryption, .execute, .prepare: false
            }
        }
    }

    /// Messages of the extended protocol in front of an Execute.
    struct Group {
        /// The exchange that they begin.
        var handle = ExchangeHandle.none
        /// How many of them are answered by a message each.
        var answers: UInt64 = 0
        /// Whether there are any.
        var isActive = false
    }

    var request: MessageCutter
    var response: MessageCutter
    var queue: ReplyQueue
    var statements = StatementMemory()

    /// The request whose bytes are moving.
    var sending = ExchangeHandle.none
    /// What is done when the message that is being sent has ended.
    var atEnd = AtEnd.nothing
    /// The end of the statement that is being sent.
    var statementEnd = StatementEnd()
    var group = Group()
    /// Whether requests have been sent since the last Sync, and whether their answers can be told.
    var isBatchOpen = false
    var isBatchAdmitted = false
    /// The statement that the portal without a name executes.
    var bound: UInt64 = 0

    /// Whether the first request's answer has begun.
    var isAnswering = false
    /// Whether the server passes over requests up to the next Sync.
    var isAborted = false
    /// Whether the answer that is under way cannot be followed: its end is looked for.
    var isDraining = false
    /// Whether the client sends the data of a COPY.
    var isCopyingIn = false
    /// Whether data of a COPY come.
    var isCopyingOut = false
    var rows: UInt64 = 0
    /// Rows since the last command was complete.
    var rowsOfCommand: UInt64 = 0

    var namespace: [UInt8] = []
    var failures = 0
    var hasSucceeded = false

    /// What is done when a message has ended whose end matters.
    enum AtEnd: Equatable {
        case nothing
        /// The query is opened, with the end of its text.
        case open
        /// The end of a prepared text is kept.
        case remember(UInt64)
    }

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        PostgreSQLSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        request = MessageCutter(
            atStart: side == .requester || atBeginning.requester, limit: FieldBuffer.maximumValue + 64,
            tailLimit: StatementEnd.limit)
        response = MessageCutter(atStart: side == .responder || atBeginning.responder, limit: 512)
        queue = ReplyQueue(atBeginning: atBeginning.requester && atBeginning.responder)
    }

    func isReady(for side: Side) -> Bool {
        guard side == .responder, queue.isCertain, queue.isEmpty, !group.isActive else { return true }
        return !response.isAtStart
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        var rest = chunk.bytes
        if chunk.startsRecord {
            if side == .requester, request.isLost { findRequest(chunk.bytes, in: &exchanges) }
            if side == .responder, response.isLost { findAnswer(chunk.bytes, in: &exchanges) }
        }
        take(&rest, endingAt: chunk.offset &+ UInt64(rest.count), from: side, in: &exchanges)
        if side == .responder, response.isLost, chunk.endsRecord { findEnd(chunk.bytes, in: &exchanges) }
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        var rest = UnsafeRawBufferPointer(start: nil, count: 0)
        if side == .requester { request.skip(count) } else { response.skip(count) }
        take(&rest, endingAt: 0, from: side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) {
        if isDraining { drained(in: &exchanges) }
        abandoned(in: &exchanges)
    }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        // Preparations that came to nothing.
        exchanges.passOver(group.handle)
        group = Group()
        statements.removeAll(in: &exchanges)
        request.lose(in: &exchanges)
        response.lose(in: &exchanges)
    }

    /// Takes all of `rest`, message by message.
    private mutating func take(
        _ rest: inout UnsafeRawBufferPointer, endingAt end: UInt64, from side: Side, in exchanges: inout ExchangeTable
    ) {
        while exchanges.surrender == nil {
            let offset = end &- UInt64(rest.count)
            let isEncryption = queue.first?.kind == Pending.encryption.rawValue
            let event =
                side == .requester
                ? request.next(&rest, at: offset, in: &exchanges, PostgreSQLMessage.measureRequest)
                : response.next(
                    &rest, at: offset, in: &exchanges,
                    isEncryption ? PostgreSQLMessage.measureEncryption : PostgreSQLMessage.measureAnswer)
            switch event {
            case .head(let head):
                if side == .requester {
                    requestHead(head, in: &exchanges)
                } else {
                    answerHead(head, left: rest.count, in: &exchanges)
                }
            case .end(let end): if side == .requester { requestEnd(end, in: &exchanges) }
            case .lost: lost(side, isInvalid: !rest.isEmpty, in: &exchanges)
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

    /// A side has lost its place.
    ///
    /// - Parameter isInvalid: whether by bytes that are no message, rather than by such that are missing.
    private mutating func lost(_ side: Side, isInvalid: Bool, in exchanges: inout ExchangeTable) {
        if side == .requester { lostRequests(in: &exchanges) } else { lostAnswer(in: &exchanges) }
        guard isInvalid else { return }
        exchanges.count(.malformed)
        failures += 1
        if failures >= (hasSucceeded ? PostgreSQLParser.patienceAfterSuccess : PostgreSQLParser.patience) {
            exchanges.surrender = .unrecognised
        }
    }
}
