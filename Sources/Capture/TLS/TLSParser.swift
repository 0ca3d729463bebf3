/// TLS 1.0 to 1.3 (RFC 2246, 4346, 5246, 8446): its hellos, which are not encrypted, and the alerts before encryption
/// begins. The handshake is one exchange, from the ClientHello to the last byte of the server's that came before the client
/// went on; what comes behind it is left alone. It is opened at the client's end; at the server's it is of interest only
/// when it fails. In TLS 1.3 what goes wrong after the ServerHello is encrypted: such a handshake looks as if it succeeded.
///
/// Fields: ``FieldKey/serverName``; ``FieldKey/version`` (`1.2`: the one that was chosen); ``FieldKey/nextProtocol``, as a
/// request's the names that the client offers, separated by commas, as a response's the one that the server chose (from 1.3
/// on encrypted); ``FieldKey/errorCode``, the alert's name.
struct TLSParser: ProtocolParser {
    static let identity = ApplicationProtocol.tls
    /// Most bytes of a record or a hello that are gathered.
    private static let longestHello = 8 << 10

    /// What a record has in it (RFC 8446, 5.1).
    enum ContentType {
        static let changeCipherSpec: UInt8 = 20
        static let alert: UInt8 = 21
        static let handshake: UInt8 = 22
        static let data: UInt8 = 23
    }

    /// How far the handshake is.
    enum Phase {
        /// The ClientHello is being read.
        case clientHello
        /// The ServerHello is awaited, or being read.
        case serverHello
        /// Both are there; the rest of the handshake goes on.
        case rest
    }

    private var cutters: (requester: MessageCutter, responder: MessageCutter)
    private let isSure: Bool
    /// How far the handshake is.
    var phase = Phase.clientHello
    /// The handshake.
    var handle = ExchangeHandle.none
    /// The version that was chosen.
    var version: UInt16 = 0
    /// Where the server's first byte moved.
    var answered = ExecutionPoint(time: 0)
    /// Which side encrypts from here on.
    var hasChanged = (requester: false, responder: false)
    /// A hello that is cut over several records.
    private let hello = KeptBytes()
    private var reserved = 0

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        TLSSignature.recognise(bytes, hint)
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {
        isSure = atBeginning.requester && atBeginning.responder
        // A ClientHello comes first, so whatever answers it begins a record; who joins later is not interested.
        cutters = (
            MessageCutter(atStart: true, limit: TLSParser.longestHello),
            MessageCutter(atStart: true, limit: TLSParser.longestHello)
        )
    }

    func isReady(for side: Side) -> Bool {
        guard side == .responder, isSure, case .clientHello = phase else { return true }
        return false
    }

    mutating func bytes(_ chunk: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        var bytes = chunk.bytes
        cut(&bytes, of: chunk.offset &+ UInt64(chunk.bytes.count), from: side, in: &exchanges)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester { cutters.requester.skip(count) } else { cutters.responder.skip(count) }
        var none = UnsafeRawBufferPointer(start: nil, count: 0)
        cut(&none, of: 0, from: side, in: &exchanges)
    }

    mutating func closed(in exchanges: inout ExchangeTable) { abandoned(in: &exchanges) }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        cutters.requester.lose(in: &exchanges)
        cutters.responder.lose(in: &exchanges)
        forgetHello(in: &exchanges)
    }

    private mutating func cut(
        _ bytes: inout UnsafeRawBufferPointer, of end: UInt64, from side: Side, in exchanges: inout ExchangeTable
    ) {
        while exchanges.surrender == nil {
            let offset = end &- UInt64(bytes.count)
            let event =
                side == .requester
                ? cutters.requester.next(&bytes, at: offset, in: &exchanges, TLSParser.measure)
                : cutters.responder.next(&bytes, at: offset, in: &exchanges, TLSParser.measure)
            switch event {
            case .more: return moved(side, in: &exchanges)
            case .head(let head): record(head, from: side, in: &exchanges)
            case .end: moved(side, in: &exchanges)
            case .lost:
                if phase == .clientHello, handle == .none { return exchanges.surrender = .unrecognised }
                if phase == .rest { succeed(in: &exchanges) }
                // Closed by whoever ends the connection's exchanges otherwise.
                exchanges.close(handle, .cutOff)
                exchanges.surrender = .leftAlone
            }
        }
    }

    private static func measure(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        guard bytes.count >= 5 else { return .needs(5) }
        let length = Int(bytes[3]) << 8 | Int(bytes[4])
        guard bytes[0] >= 20, bytes[0] <= 24, bytes[1] == 3, bytes[2] <= 4, length <= TLSSignature.longestRecord else {
            return .invalid
        }
        return .total(UInt64(length) + 5)
    }

    private func moved(_ side: Side, in exchanges: inout ExchangeTable) {
        if side == .responder {
            exchanges.responseMoved(handle)
        } else if phase == .clientHello {
            exchanges.requestMoved(handle)
        }
    }

    /// A record's first bytes are there.
    private mutating func record(_ head: MessageCutter.Head, from side: Side, in exchanges: inout ExchangeTable) {
        let contents = UnsafeRawBufferPointer(rebasing: head.bytes[5...])
        let type = head.bytes[0]
        if phase == .clientHello, side == .responder || type != ContentType.handshake {
            // Whoever joins in the middle sees nothing but what is encrypted.
            exchanges.close(handle, .cutOff)
            return exchanges.surrender = .leftAlone
        }
        if side == .responder { exchanges.responseMoved(handle) }
        switch type {
        case ContentType.handshake where side == .requester && phase == .clientHello:
            if handle == .none { handle = exchanges.begin(key: 0, offset: head.offset, at: head.start) }
            gather(contents, isWhole: head.isWhole, type: 1, in: &exchanges)
        case ContentType.handshake where side == .responder && phase == .serverHello:
            if answered.time == 0 {
                answered = head.start
                if exchanges.context.role == .client { exchanges.beginResponse(handle, at: answered) }
            }
            gather(contents, isWhole: head.isWhole, type: 2, in: &exchanges)
        case ContentType.alert:
            if let alert = TLSAlert(contents) { fail(alert, from: side, at: head.start, in: &exchanges) }
        case ContentType.changeCipherSpec, ContentType.data: changed(side, type, in: &exchanges)
        default: break
        }
    }

    /// Puts a hello together that may be cut over several records, and reads it.
    private mutating func gather(
        _ contents: UnsafeRawBufferPointer, isWhole: Bool, type: UInt8, in exchanges: inout ExchangeTable
    ) {
        if hello.count == 0, read(contents, isLast: !isWhole, type: type, in: &exchanges) { return }
        let count = min(contents.count, TLSParser.longestHello - hello.count)
        if count > 0, exchanges.reserve(count) {
            reserved += count
            hello.append(UnsafeRawBufferPointer(rebasing: contents[..<count]))
        }
        if read(hello.bytes, isLast: !isWhole || count < contents.count, type: type, in: &exchanges) {
            forgetHello(in: &exchanges)
        }
    }

    private mutating func forgetHello(in exchanges: inout ExchangeTable) {
        hello.clear(retaining: 0)
        exchanges.unreserve(reserved)
        reserved = 0
    }

    /// Reads a hello; false when there is more of it to come.
    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, isLast: Bool, type: UInt8, in exchanges: inout ExchangeTable
    ) -> Bool {
        guard bytes.count >= 4 else { return isLast }
        guard bytes[0] == type else {
            // A server may ask for a hello that is under way already (RFC 5246, 7.4.1.1).
            if bytes[0] != 0 || type == 1 {
                exchanges.close(handle, .cutOff)
                exchanges.surrender = .leftAlone
            }
            return true
        }
        let length = Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
        guard isLast || bytes.count >= 4 + length else { return false }
        let body = TLSHello(UnsafeRawBufferPointer(rebasing: bytes[4...].prefix(length)), isClient: type == 1)
        if type == 1 { clientHello(body, in: &exchanges) } else { serverHello(body, in: &exchanges) }
        return true
    }
}
