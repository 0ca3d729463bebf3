/// FastCGI 1.0 (https://fastcgi-archives.github.io/FastCGI_Specification.html): the web server sends requests, the
/// application answers them, several at once by their ids if both like.
///
/// Fields: ``FieldKey/method`` (`REQUEST_METHOD`), ``FieldKey/target`` (`REQUEST_URI`, else `SCRIPT_NAME` and
/// `QUERY_STRING`), ``FieldKey/authority``, ``FieldKey/userAgent``, ``FieldKey/contentType``, and the client's headers that
/// ``HeaderSelection`` names, by their HTTP names; of the output's header those that are contexts or request ids. The
/// status is that of the output's header, 200 without one; an application that refuses a request, or exits with a number
/// but 0 without having said anything, has failed: ``FieldKey/errorCode``.
///
/// Where the framing is lost (a large write of which the kernel copied the first and last bytes), the end of a request or
/// an answer is recognised at the end of a call, and the length of its body is not known.
struct FastCGIParser: ProtocolParser {
    static let identity = ApplicationProtocol.fastcgi
    /// Most requests that one connection may have under way; more are not followed.
    static let mostRequests = 64
    /// Records in a row that were none before the connection is given up, when none was answered before.
    static let patience = 4

    /// The web server's side.
    var request: FastCGIDirection
    /// The application's side.
    var response: FastCGIDirection
    /// The requests under way, and free places.
    var requests: ContiguousArray<FastCGIRequest> = []
    /// How many are under way.
    var count = 0
    /// GET_VALUES that have not been answered.
    var questions = 0
    /// Records in a row that were none.
    var failures = 0
    /// Whether a request has been answered.
    var hasSucceeded = false
    private let isSure: Bool

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        FastCGISignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        request = FastCGIDirection(atStart: side == .requester || atBeginning.requester)
        response = FastCGIDirection(atStart: side == .responder || atBeginning.responder)
        isSure = atBeginning.requester && atBeginning.responder
    }

    /// The direction of a side.
    subscript(side: Side) -> FastCGIDirection {
        @inline(__always) get { side == .requester ? request : response }
        @inline(__always) _modify { if side == .requester { yield &request } else { yield &response } }
    }

    func isReady(for side: Side) -> Bool {
        guard side == .responder, isSure, count == 0, questions == 0, case .header = response.state else { return true }
        return response.gathered > 0
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        var bytes = chunk.bytes
        if self[side].isLost, chunk.startsRecord, mayResume(side, bytes) {
            self[side].isTentative = true
            self[side].clear()
            self[side].state = .header
        }
        while !bytes.isEmpty, exchanges.surrender == nil {
            let offset = chunk.offset &+ UInt64(chunk.bytes.count - bytes.count)
            take(&bytes, at: offset, endsRecord: chunk.endsRecord, from: side, in: &exchanges)
        }
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        var count = count
        while count > 0 {
            switch self[side].state {
            case .lost:
                self[side].clear()
                movedUnseen(side, in: &exchanges)
                return
            case .header: return lose(side, in: &exchanges)
            case .content(let left):
                let number = min(left, count)
                guard skip(number, from: side, in: &exchanges) else { return lose(side, in: &exchanges) }
                count -= number
                advance(side, left - number, in: &exchanges)
            case .padding(let left):
                let number = min(left, count)
                count -= number
                self[side].state = number == left ? .header : .padding(left - number)
            }
        }
    }

    mutating func closed(in exchanges: inout ExchangeTable) { abandoned(in: &exchanges) }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        for place in requests.indices { requests[place].release(in: &exchanges) }
        count = 0
    }

    /// Takes what belongs together off the front of `bytes`: at least one of them.
    private mutating func take(
        _ bytes: inout UnsafeRawBufferPointer, at offset: UInt64, endsRecord: Bool, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        switch self[side].state {
        case .lost:
            movedUnseen(side, in: &exchanges)
            self[side].gather(bytes.suffix(16))
            bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
            if endsRecord { findEnd(side, in: &exchanges) }
        case .header:
            if self[side].gathered == 0 {
                self[side].offset = offset
                self[side].start = exchanges.context.point
            }
            let number = min(FastCGIRecord.headerLength - self[side].gathered, bytes.count)
            self[side].gather(bytes.prefix(number))
            bytes = UnsafeRawBufferPointer(rebasing: bytes[number...])
            if self[side].gathered == FastCGIRecord.headerLength { beginRecord(side, in: &exchanges) }
        case .content(let left):
            let number = Int(min(left, UInt64(bytes.count)))
            content(UnsafeRawBufferPointer(rebasing: bytes[..<number]), from: side, in: &exchanges)
            bytes = UnsafeRawBufferPointer(rebasing: bytes[number...])
            advance(side, left - UInt64(number), in: &exchanges)
        case .padding(let left):
            let number = min(left, UInt64(bytes.count))
            bytes = UnsafeRawBufferPointer(rebasing: bytes[Int(number)...])
            self[side].state = number == left ? .header : .padding(left - number)
        }
    }
}
