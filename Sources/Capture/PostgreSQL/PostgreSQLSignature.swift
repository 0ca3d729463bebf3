/// Tells PostgreSQL's protocol by a message's first bytes.
///
/// What a client says first has a code of its own. Later on, a message is told by its type together with its length and the
/// shape of what is in it; where it is short, by the type of the one behind it.
enum PostgreSQLSignature {
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let first = bytes.first else { return .no }
        if first == 0 { return opening(bytes, hint) }
        guard PostgreSQLMessage.isRequest(first) || PostgreSQLMessage.isAnswer(first) else { return .no }
        guard bytes.count >= PostgreSQLMessage.headerLength else {
            // Lengths are below 2^30, and mostly below 2^24.
            return bytes.count < 2 || bytes[1] == 0 ? .maybe : .no
        }
        let length = UInt64(PostgreSQLMessage.number(bytes, at: 1)) + 1
        guard bytes[1] == 0, length >= 5 else { return .no }
        let asRequest = request(bytes, length, hint)
        if asRequest == .yes(.requester) { return asRequest }
        let asAnswer = answer(bytes, length, hint)
        if asAnswer == .yes(.responder) { return asAnswer }
        return asRequest == .maybe || asAnswer == .maybe ? .maybe : .no
    }

    /// StartupMessage, SSLRequest, GSSENCRequest, CancelRequest.
    private static func opening(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard bytes.count >= PostgreSQLMessage.openingLength else {
            return bytes.count < 2 || bytes[1] == 0 ? .maybe : .no
        }
        guard case .total(let length) = PostgreSQLMessage.measureRequest(bytes) else { return .no }
        let code = PostgreSQLMessage.number(bytes, at: 4)
        switch PostgreSQLMessage.Opening(rawValue: code) {
        case .tls, .gss: return length == 8 ? .yes(.requester) : .no
        case .cancel: return length >= 16 && length <= 268 ? .yes(.requester) : .no
        case nil: break
        }
        // Parameters by their names, the first of them a letter's.
        guard hint.isFirst || hint.isOpening || hint.recordLength == length else { return .no }
        guard bytes.count > 8 else { return .maybe }
        return (0x61...0x7A).contains(bytes[8] | 0x20) ? .yes(.requester) : .no
    }

    /// A client's message.
    static func request(
        _ bytes: UnsafeRawBufferPointer, _ length: UInt64, _ hint: RecognitionHint
    ) -> Recognition {
        let mine = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(min(length, 1 << 20))))
        let contents = UnsafeRawBufferPointer(rebasing: mine[PostgreSQLMessage.headerLength...])
        let isShort = hint.recordLength < length
        switch bytes[0] {
        case UInt8(ascii: "Q"):
            guard length >= 6, StatementText.begins(contents) else { return contents.isEmpty && isShort ? .maybe : .no }
            if hint.recordLength == length {
                return length > UInt64(bytes.count) || contents.last == 0 ? .yes(.requester) : .no
            }
            return isShort
                ? (contents.count < 8 ? .maybe : .yes(.requester)) : follows(bytes, length, isNext: isRequest)
        case UInt8(ascii: "P"):
            guard length >= 8 else { return .no }
            let (name, next) = PostgreSQLMessage.string(contents, at: 0)
            guard StatementText.isName(name) else { return .no }
            guard let next else { return .maybe }
            let text = UnsafeRawBufferPointer(rebasing: contents[next...])
            guard StatementText.begins(text) else { return text.isEmpty && isShort ? .maybe : .no }
            if length < UInt64(bytes.count) { return follows(bytes, length, isNext: isRequest) }
            return text.count < 8 ? .maybe : .yes(.requester)
        case UInt8(ascii: "B"):
            guard length >= 13, hint.recordLength > length else { return isShort ? .maybe : .no }
            let (portal, next) = PostgreSQLMessage.string(contents, at: 0)
            guard StatementText.isName(portal), let next else { return .no }
            let (statement, end) = PostgreSQLMessage.string(contents, at: next)
            guard StatementText.isName(statement), end != nil else { return .no }
            return follows(bytes, length, isNext: isRequest)
        case UInt8(ascii: "S"), UInt8(ascii: "X"):
            // Nothing in them: too little by themselves.
            return length == 5 && hint.recordLength == 5 && hint.isAt(5432) ? .yes(.requester) : .no
        default: return .no
        }
    }

    /// A server's message.
    private static func answer(
        _ bytes: UnsafeRawBufferPointer, _ length: UInt64, _ hint: RecognitionHint
    ) -> Recognition {
        let contents = UnsafeRawBufferPointer(rebasing: bytes[PostgreSQLMessage.headerLength...])
        switch bytes[0] {
        case UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "n"), UInt8(ascii: "I"):
            guard length == 5 else { return .no }
            return follows(bytes, length, isNext: PostgreSQLMessage.isAnswer)
        case UInt8(ascii: "T"):
            // A number of columns, then the first's name.
            guard length > 24 else { return .no }
            guard contents.count >= 3 else { return .maybe }
            guard contents[0] <= 6, contents[0] > 0 || contents[1] > 0 else { return .no }
            let (name, next) = PostgreSQLMessage.string(contents, at: 2)
            guard !name.isEmpty, StatementText.isName(name) else { return .no }
            guard next != nil else { return bytes.count < 60 ? .maybe : .no }
            return length <= UInt64(bytes.count) - 5 && length < 60
                ? follows(bytes, length, isNext: PostgreSQLMessage.isAnswer) : .yes(.responder)
        case UInt8(ascii: "E"):
            guard length >= 16, hint.recordLength >= length else { return hint.recordLength < length ? .maybe : .no }
            return contents.first == UInt8(ascii: "S") && contents.contains(0)
                && PostgreSQLError(contents).code.count == 5 ? .yes(.responder) : .no
        case UInt8(ascii: "C"):
            guard (7...64).contains(length) else { return .no }
            let (tag, next) = PostgreSQLMessage.string(contents, at: 0)
            guard let next else { return contents.count < 58 && StatementText.isName(tag) ? .maybe : .no }
            guard UInt64(next + 5) == length, StatementText.begins(tag) else { return .no }
            return follows(bytes, length, isNext: PostgreSQLMessage.isAnswer)
        case UInt8(ascii: "Z"):
            guard length == 6, hint.recordLength == 6, let state = contents.first else {
                return length == 6 && hint.recordLength < 6 ? .maybe : .no
            }
            return isState(state) ? .yes(.responder) : .no
        default: return .no
        }
    }

    /// Whether a byte is a transaction's state in ReadyForQuery.
    static func isState(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "I") || byte == UInt8(ascii: "T") || byte == UInt8(ascii: "E")
    }

    private static func isRequest(_ type: UInt8) -> Bool { PostgreSQLMessage.isRequest(type) }

    /// Whether the message behind one of this length is of this protocol as well.
    private static func follows(
        _ bytes: UnsafeRawBufferPointer, _ length: UInt64, isNext: (UInt8) -> Bool
    ) -> Recognition {
        guard length + 2 <= UInt64(bytes.count) else {
            return bytes.count >= ParserTable.signatureLength ? side(bytes, isNext) : .maybe
        }
        let next = Int(length)
        return isNext(bytes[next]) && bytes[next + 1] == 0 ? side(bytes, isNext) : .no
    }

    private static func side(_ bytes: UnsafeRawBufferPointer, _ isNext: (UInt8) -> Bool) -> Recognition {
        // Execute, Bind and Parse are the client's alone; what only the server sends is no type of the client's.
        isNext(UInt8(ascii: "Z")) ? .yes(.responder) : .yes(.requester)
    }
}
