import NIOCore
import NIOHTTP1

/// One connection of HTTP/1, without its socket: what comes in, what is owed, when it ends.
struct HTTPConnection {
    /// What the owner of the socket has to do.
    enum Action {
        /// Bring it to the service; the answer goes to ``answered(_:at:now:)``.
        case export(ExportRequest, charge: Int, place: UInt64)
        /// Tell the peer to send the body that it holds back (RFC 9110, section 10.1.1).
        case writeContinue
        /// Count it. The answer is in its place.
        case refused(ExportRefusal)
        /// Count a request for what is not served. The answer is in its place.
        case unsupported
    }

    /// What comes next from the peer.
    private enum Input {
        case head
        case body(Incoming)
        /// The rest of a request that was answered already; so much of it is read before the connection is given up.
        case rest(left: Int)
        /// Nothing that matters.
        case nothing
    }

    /// A request whose body is coming.
    private struct Incoming {
        var signal: Signal
        var encoding: ExportRequest.Encoding
        var compression: ExportRequest.Compression
        var body: RequestBody
        var place: UInt64
    }

    /// Answers that are owed.
    private(set) var answers = HTTPAnswerQueue()
    private var input = Input.head
    private var deadline: ReadDeadline
    private var isStopping = false
    private let settings: OTLPReceiverSettings.HTTP

    /// A connection that was made now.
    init(settings: OTLPReceiverSettings.HTTP, now: UInt64) {
        self.settings = settings
        deadline = ReadDeadline(timeout: settings.readTimeoutNanoseconds, now: now)
    }

    /// Whether more should be read: not while an answer is owed to a request that is whole, so that a peer that sends
    /// ahead is held back.
    var wantsInput: Bool {
        switch input {
        case .body, .rest, .nothing: true
        case .head: answers.isEmpty
        }
    }

    /// Whether everything that was asked is answered and nothing is under way.
    var isIdle: Bool {
        guard answers.isEmpty else { return false }
        switch input {
        case .head, .nothing: return true
        case .body, .rest: return false
        }
    }

    /// Whether nothing that comes will be answered.
    var isOver: Bool {
        if case .nothing = input { true } else { false }
    }

    /// A request begins.
    mutating func received(_ head: HTTPRequestHead) -> Action? {
        guard case .head = input else { return nil }
        // After an upgrade the decoder would stop; we stay with what we have, for this request.
        let keepsAlive = head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
        let expects = head.version == .http1_1 && head.headers.contains(name: "expect")
        let isFirst = answers.isEmpty
        switch HTTPRoute.read(head, settings: settings) {
        case .refused(let answer):
            // One that waits to be told to go on may or may not send its body: there is no telling what comes next.
            let place = answers.open(keepsAlive: keepsAlive && !expects, hasBody: head.method != .HEAD)
            answers.set(answer, at: place)
            input = keepsAlive && !expects ? .rest(left: settings.maxBodySize) : .nothing
            return .unsupported
        case .export(let signal, let encoding, let compression, let length):
            let place = answers.open(keepsAlive: keepsAlive)
            if let length, length > settings.maxBodySize {
                return refuse(.tooLarge(limit: settings.maxBodySize), encoding: encoding, place: place)
            }
            input = .body(
                Incoming(
                    signal: signal, encoding: encoding, compression: compression,
                    body: RequestBody(expected: length ?? 0, limit: settings.maxBodySize), place: place))
            // It would stand before the answers to requests that came earlier.
            return expects && isFirst ? .writeContinue : nil
        }
    }

    /// A piece of the body comes.
    mutating func received(_ piece: UnsafeRawBufferPointer, budget: inout BodyBudget) -> Action? {
        switch input {
        case .head, .nothing: return nil
        case .rest(let left):
            input = piece.count <= left ? .rest(left: left - piece.count) : .nothing
            return nil
        case .body(var incoming):
            input = .nothing
            switch incoming.body.append(piece, budget: &budget) {
            case .taken:
                input = .body(incoming)
                return nil
            case .refused(let refusal):
                budget.give(incoming.body.charge)
                return refuse(refusal, encoding: incoming.encoding, place: incoming.place)
            }
        }
    }

    /// The request is whole.
    mutating func receivedEnd(now: UInt64) -> Action? {
        deadline.extend(now: now)
        switch input {
        case .head, .nothing: return nil
        case .rest:
            input = .head
            return nil
        case .body(let incoming):
            input = .head
            let request = ExportRequest(
                signal: incoming.signal, encoding: incoming.encoding, compression: incoming.compression,
                body: incoming.body.bytes)
            return .export(request, charge: incoming.body.charge, place: incoming.place)
        }
    }

    /// What came is not HTTP, or its head is too large. Nothing after it can be understood.
    mutating func receivedGarbage(headTooLarge: Bool, budget: inout BodyBudget) -> Action? {
        var encoding = ExportRequest.Encoding.json
        let place: UInt64
        switch input {
        case .nothing: return nil
        case .head: place = answers.open(keepsAlive: false)
        // Its answer is known already.
        case .rest:
            input = .nothing
            return nil
        case .body(let incoming):
            budget.give(incoming.body.charge)
            (encoding, place) = (incoming.encoding, incoming.place)
        }
        input = .nothing
        let refusal =
            headTooLarge ? ExportRefusal.tooLarge(limit: settings.maxHeaderSize) : .malformed("it is not HTTP/1")
        var answer = HTTPAnswer.refused(refusal, encoding: encoding)
        if headTooLarge { answer.status = 431 }
        answers.set(answer, at: place, closes: true)
        return .refused(refusal)
    }

    /// The peer will send nothing more; what it has sent whole is still answered.
    /// - Returns: whether a request was cut off.
    mutating func receivedEndOfInput(budget: inout BodyBudget) -> Bool {
        defer {
            input = .nothing
            isStopping = true
        }
        guard case .body(let incoming) = input else { return false }
        budget.give(incoming.body.charge)
        answers.dropLast()
        return true
    }

    /// The service has decided.
    mutating func answered(_ answer: HTTPAnswer, at place: UInt64) { answers.set(answer, at: place) }

    /// The next answer to write.
    mutating func nextAnswer(now: UInt64) -> (answer: HTTPAnswer, keepsAlive: Bool, hasBody: Bool)? {
        // One whose request is still coming is not the last word on what the peer may send.
        guard let next = answers.next(stopping: isStopping) else { return nil }
        if !next.keepsAlive { input = .nothing }
        deadline.extend(now: now)
        return next
    }

    /// Ends after what is owed.
    mutating func stop() { isStopping = true }

    /// Whether the peer kept us waiting for too long: never while it waits for us.
    func isLate(now: UInt64) -> Bool {
        switch input {
        case .head where !answers.isEmpty, .nothing where !answers.isEmpty: false
        default: deadline.isOver(now: now)
        }
    }

    /// The peer is given up.
    mutating func giveUp(budget: inout BodyBudget) -> Action? {
        guard case .body(let incoming) = input else {
            input = .nothing
            return nil
        }
        budget.give(incoming.body.charge)
        return refuse(.late, encoding: incoming.encoding, place: incoming.place)
    }

    private mutating func refuse(
        _ refusal: ExportRefusal, encoding: ExportRequest.Encoding, place: UInt64
    ) -> Action {
        input = .nothing
        answers.set(.refused(refusal, encoding: encoding), at: place, closes: true)
        return .refused(refusal)
    }
}
