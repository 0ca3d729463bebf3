/// A request that is yet to be answered.
struct PendingReply {
    /// Its exchange; ``ExchangeHandle/none`` where there is none, or no room for one.
    var handle: ExchangeHandle
    /// What it is, in its parser's own terms.
    var kind: UInt8
    /// What its parser has to remember until it is answered.
    var note: UInt64 = 0
    /// Whether the end of an answer without a request would be known to be its.
    var isMarked = true
}

/// Requests of one connection in the order in which they will be answered.
///
/// From the beginning on, that order is that of the requests. On a connection that was joined, or where bytes were missed,
/// an answer may be that of a request nobody saw; then a request is only believed to be answered next when nothing else is
/// owed and the client has not been seen to send requests ahead of answers, or after a silence. What cannot be told is
/// given up on both sides and counted.
struct ReplyQueue {
    /// Most requests that wait for their answers.
    static let maximum = 1024
    /// Silence after which nothing is owed any more, ns.
    private static let silence: UInt64 = 200_000_000

    private var replies: ContiguousArray<PendingReply> = []
    private var head = 0
    /// Answers that may still come for requests that were given up: at least so many.
    private var owed = 0
    /// How many of those that wait are marked.
    private var ends = 0
    private var isSure: Bool
    /// Whether that is more than a presumption: nothing was missed, or an answer has come since.
    private var isConfirmed: Bool
    /// Whether a request was sent before the one in front of it had been answered.
    private(set) var pipelines = false
    private var lastTime: UInt64 = 0

    /// An empty queue.
    ///
    /// - Parameter atBeginning: whether nothing of either side has been missed.
    init(atBeginning: Bool) {
        isSure = atBeginning
        isConfirmed = atBeginning
    }

    /// Whether nothing waits to be answered.
    var isEmpty: Bool { head == replies.count }
    /// How many requests wait to be answered.
    var count: Int { replies.count - head }
    /// Whether an answer without a request can only be one whose request is still to be seen.
    var isCertain: Bool { isSure && isConfirmed }

    /// The request that is answered next.
    var first: PendingReply? { isEmpty ? nil : replies[head] }
    /// The request that was sent last.
    var last: PendingReply? { isEmpty ? nil : replies[replies.count - 1] }

    /// A request by its place in the queue.
    subscript(place: Int) -> PendingReply {
        get { replies[head + place] }
        set { replies[head + place] = newValue }
    }

    /// A request begins that will be answered: whether its answer can be told. When not, it does not come into the queue.
    mutating func admits(in exchanges: inout ExchangeTable) -> Bool {
        let time = exchanges.context.point.time
        let wasSilent = time >= lastTime &+ ReplyQueue.silence
        lastTime = max(lastTime, time)
        if !isSure, isEmpty, wasSilent || (owed == 0 && !pipelines) {
            isSure = true
            owed = 0
        }
        guard isSure else {
            owed += 1
            exchanges.count(.unpaired)
            return false
        }
        if (!isEmpty && !isConfirmed) || count >= ReplyQueue.maximum {
            // Joined in the middle of a pipeline: how far behind the answers are is not known.
            pipelines = true
            giveUp(in: &exchanges)
            owed += 1
            exchanges.count(.unpaired)
            return false
        }
        return true
    }

    /// Adds a request that was admitted.
    mutating func append(_ reply: PendingReply) {
        if head >= 64, head * 2 >= replies.count {
            replies.removeFirst(head)
            head = 0
        }
        replies.append(reply)
        if reply.isMarked { ends += 1 }
    }

    /// The answer to the first request has begun.
    mutating func answering(at time: UInt64) {
        lastTime = max(lastTime, time)
        if ends > 1 { pipelines = true }
    }

    /// The first request has been answered, or will not be.
    @discardableResult
    mutating func removeFirst() -> PendingReply? {
        guard let first else { return nil }
        head += 1
        if first.isMarked { ends -= 1 }
        if isEmpty {
            replies.removeAll(keepingCapacity: true)
            head = 0
            isConfirmed = isSure
        }
        return first
    }

    /// An answer came for which no request is known.
    mutating func orphan(in exchanges: inout ExchangeTable) {
        lastTime = max(lastTime, exchanges.context.point.time)
        if owed > 0 { owed -= 1 }
        exchanges.count(.orphanResponse)
    }

    /// Requests were missed. Those before them are answered first.
    mutating func lostRequests() {
        isSure = false
        isConfirmed = false
    }

    /// The second request is not answered after all.
    mutating func removeSecond() {
        guard count > 1 else { return }
        if replies.remove(at: head + 1).isMarked { ends -= 1 }
    }

    /// Answers were missed: those that wait for them are given up. Of a client that has always waited for its answers only
    /// what it sent last can still be answered: so many requests stay.
    mutating func lostAnswers(keeping kept: Int, in exchanges: inout ExchangeTable) {
        guard isSure, !pipelines else { return giveUp(in: &exchanges) }
        while count > kept, let reply = removeFirst() { exchanges.close(reply.handle, .cutOff) }
        isConfirmed = false
    }

    /// Gives up what waits: its answers may still come.
    mutating func giveUp(in exchanges: inout ExchangeTable) {
        while let reply = removeFirst() {
            if reply.isMarked { owed += 1 }
            exchanges.close(reply.handle, .cutOff)
        }
        isSure = false
        isConfirmed = false
    }
}
