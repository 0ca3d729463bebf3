/// What an answer says, as far as its bytes are known.
struct MongoReply {
    /// Whether it is an error.
    private(set) var hasFailed = false
    /// The error's number; nil when it has none.
    private(set) var code: Int64?
    /// How many documents the command was about, where the answer says so.
    private(set) var count: Int64?
    /// Whether more answers to the same request follow.
    private(set) var moreToCome = false

    /// Reads a message.
    init(_ header: MongoHeader, _ bytes: UnsafeRawBufferPointer) {
        switch header.kind {
        case .message:
            moreToCome = MongoHeader.number(bytes, at: 16) & MongoRequest.flags.moreToCome != 0
            // An answer has one section, which is its document.
            guard bytes.count > 21, bytes[20] == 0 else { return }
            read(UnsafeRawBufferPointer(rebasing: bytes[21...]))
        case .reply:
            // The second flag: the query failed.
            hasFailed = MongoHeader.number(bytes, at: 16) & 2 != 0
            guard bytes.count > 36 else { return }
            read(UnsafeRawBufferPointer(rebasing: bytes[36...]))
        default: break
        }
    }

    private mutating func read(_ document: UnsafeRawBufferPointer) {
        var reader = BSONReader(document)
        while let element = reader.next() {
            if element.isNamed("ok") {
                if element.number == 0 { hasFailed = true }
            } else if element.isNamed("code") {
                code = element.number
            } else if element.isNamed("n") {
                count = element.number
            } else if element.isA(.array) && element.isNamed("writeErrors")
                || element.isA(.document) && element.isNamed("writeConcernError")
            {
                readErrors(element)
            }
        }
        if !hasFailed { code = nil }
    }

    /// The first of the errors that a command had which succeeded otherwise.
    private mutating func readErrors(_ element: BSONReader.Element) {
        var error = element.value
        if element.isA(.array) {
            var list = BSONReader(element.value)
            guard let first = list.next(), first.isA(.document) else { return }
            error = first.value
        }
        hasFailed = true
        var reader = BSONReader(error)
        while code == nil, let member = reader.next() {
            if member.isNamed("code") { code = member.number }
        }
    }
}
