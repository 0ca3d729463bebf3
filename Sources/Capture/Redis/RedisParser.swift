/// Redis and what speaks like it (Valkey, KeyDB, Sentinel, cluster nodes): RESP2, RESP3 and inline commands
/// (https://redis.io/docs/latest/develop/reference/protocol-spec/).
///
/// Fields: ``FieldKey/method`` (the command, in upper case), ``FieldKey/statement`` (command and keys; a `?` for each other
/// argument: ``RedisStatement``), ``FieldKey/namespace`` (the database's number, where the connection's beginning or a
/// SELECT was seen), ``FieldKey/batchSize`` (EXEC: commands of the transaction), ``FieldKey/errorCode`` (the first word of
/// an error).
///
/// Each command is an exchange, those of pipelines and transactions as well; answers come in the order of the commands. A
/// SUBSCRIBE is answered by its confirmations. What a server pushes (messages, invalidations, in RESP2 the messages of a
/// subscribed connection) is no exchange. Log-in, ping and the like are silent unless they fail. A connection that turns to
/// MONITOR or replication is left alone.
struct RedisParser: ProtocolParser {
    static let identity = ApplicationProtocol.redis
    /// Messages in a row that were none, before anything was right, after which it was something else.
    static let patience = 3
    /// Likewise when something had been right.
    static let longPatience = 16
    /// Answers without a request, before any had one, after which the connection is left alone: what it replicates, or
    /// what it was told to send, began before us.
    static let mostOrphans = 64

    /// The answer that is coming.
    enum Reply {
        /// None, or it has not begun.
        case none
        /// An array or a push, whose first element will tell.
        case undecided(isPush: Bool)
        /// It is this exchange's, and has been begun unless that is silent.
        case of(ExchangeHandle)
        /// It confirms what this exchange asked for.
        case confirms(ExchangeHandle)
        /// It is nobody's: pushed, or its request was not seen.
        case nobodys
    }

    /// What the requester says.
    var requests: RESPReader
    /// What the responder says.
    var replies: RESPReader
    /// Whose answer is whose.
    var pairing: InOrderPairing
    /// The offsets behind the last byte of each side.
    var position: (requester: UInt64, responder: UInt64) = (0, 0)

    /// The first byte of the request that is coming: its offset, and where it moved.
    var requestStart: (offset: UInt64, point: ExecutionPoint) = (0, ExecutionPoint(time: 0))
    /// The request that is coming, once its name is known.
    var request = ExchangeHandle.none
    /// Its command.
    var command = RedisCommand.unknown
    /// How many arguments it will have, its name included; how many have come.
    var arguments: (expected: UInt64, seen: UInt64) = (0, 0)
    /// What is left with it for its answer.
    var note = RedisNote.ordinary
    /// Its text.
    var statement = RedisStatement()
    /// What its first argument, which is a subcommand, makes of it.
    var subcommand = RedisSubcommand.other
    /// Whether the server answers: CLIENT REPLY.
    var replyMode = RedisReplyMode.on

    /// The first byte of the answer that is coming.
    var replyStart: (offset: UInt64, point: ExecutionPoint) = (0, ExecutionPoint(time: 0))
    /// Whose it is.
    var reply = Reply.none
    /// Whether it is an error.
    var replyHasFailed = false
    /// Confirmations that the subscription which is being answered still waits for; 0 before the first.
    var confirmationsLeft: UInt8 = 0
    /// Whether the connection is subscribed to channels, so that arrays may be messages.
    var isSubscribed = false
    /// Whether the server was seen to push (RESP3).
    var isPushedTo = false

    /// The database that commands are about; nil when it is not known. And the one before the last SELECT.
    var database: (now: UInt64?, before: UInt64?)
    /// Commands queued since MULTI; nil outside of a transaction.
    var queued: UInt64?
    /// Whether nothing of the connection was missed before its first byte.
    let isFromBeginning: Bool
    /// Whether each side's place was only guessed: where a record looked like a message.
    var isTentative = (requester: false, responder: false)
    /// Whether all bytes were asked for.
    private var hasAsked = false
    /// Messages in a row that were none.
    var failures = 0
    /// Answers that had no request.
    var orphans = 0
    /// Whether an answer has found its request.
    var hasSucceeded = false

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        RedisSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        isFromBeginning = atBeginning.requester && atBeginning.responder
        requests = RESPReader(atStart: side == .requester || atBeginning.requester, allowsLines: isFromBeginning)
        replies = RESPReader(atStart: side == .responder || atBeginning.responder)
        pairing = InOrderPairing(atBeginning: isFromBeginning)
        database = isFromBeginning ? (0, 0) : (nil, nil)
    }

    func isReady(for side: Side) -> Bool {
        // Something may come unasked, or be the answer to what nobody saw.
        guard side == .responder, replies.isAtStart, isFromBeginning, !isSubscribed, !isPushedTo else { return true }
        return !pairing.expectsNothing
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        if !hasAsked {
            // A pipeline is one call: what is left out in its middle has commands in it.
            hasAsked = true
            exchanges.want(.everything, of: .requester)
            exchanges.want(.everything, of: .responder)
        }
        if side == .requester { position.requester = chunk.offset } else { position.responder = chunk.offset }
        if chunk.startsRecord { seek(chunk.bytes, side, in: &exchanges) }
        take(chunk.bytes, side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester { requests.skip(count) } else { replies.skip(count) }
        if side == .requester { position.requester &+= count } else { position.responder &+= count }
        take(UnsafeRawBufferPointer(start: nil, count: 0), side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) {
        completeRequest(in: &exchanges)
        abandoned(in: &exchanges)
    }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        requests.lose(in: &exchanges)
        replies.lose(in: &exchanges)
        statement.clear(in: &exchanges)
    }

    private mutating func take(
        _ bytes: UnsafeRawBufferPointer, _ side: Side, in exchanges: inout ExchangeTable
    ) {
        var bytes = bytes
        if side == .requester {
            while exchanges.surrender == nil, requestStep(&bytes, in: &exchanges) {}
            exchanges.requestMoved(request)
        } else {
            while exchanges.surrender == nil, replyStep(&bytes, in: &exchanges) {}
            switch reply {
            case .of(let handle), .confirms(let handle): exchanges.responseMoved(handle)
            default: break
            }
        }
    }

    /// A side that has lost its place finds it where a record begins as a message does.
    private mutating func seek(_ bytes: UnsafeRawBufferPointer, _ side: Side, in exchanges: inout ExchangeTable) {
        let isLost = side == .requester ? requests.isLost : replies.isLost
        guard isLost else { return }
        if RedisSignature.begins(side, bytes) {
            if side == .requester {
                requests.restart(in: &exchanges)
                isTentative.requester = true
            } else {
                replies.restart(in: &exchanges)
                isTentative.responder = true
            }
        } else if !hasSucceeded, side == .requester, RedisSignature.begins(.responder, bytes) {
            exchanges.surrender = .mistaken
        }
    }

    /// A side's bytes made no sense.
    mutating func fail(in exchanges: inout ExchangeTable) {
        exchanges.count(.malformed)
        failures += 1
        if failures >= (hasSucceeded ? RedisParser.longPatience : RedisParser.patience) {
            exchanges.surrender = .unrecognised
        }
    }
}
