/// Tells Kafka by a request's first bytes. A response begins with nothing but its size and a number, so none is
/// recognised before a request was seen.
///
/// A request has an API and a version that exist and a name of printable characters. Its size says where the record
/// ends, or the record brings more requests, or it is the beginning of a long one. A response may look like a Produce
/// whose version is the number of an early request and whose client is a topic: what follows must be of a Produce as
/// well.
enum KafkaSignature {
    /// Where brokers mostly listen.
    private static let port: UInt16 = 9092
    /// Shortest record that may be the beginning of a longer request where more may have come before, bytes: what is
    /// short is written at once.
    private static let longRecord: UInt64 = 1024
    /// Longest request that is believed by its beginning alone, bytes.
    private static let shortRequest = 4096

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard hint.isFromOpener != false, hint.senderPort != port || hint.receiverPort == port else { return .no }
        let isAllThere = bytes.count >= ParserTable.signatureLength
        switch KafkaRequestHeader.read(bytes) {
        case .invalid: return .no
        case .needs(let count):
            // A long name is enough as far as it goes.
            guard isAllThere else { return .maybe }
            return count > bytes.count && isBeginning(KafkaReader.size(of: bytes), hint)
                ? .yes(.requester) : .no
        case .header(let header):
            let length = UInt64(header.size) + 4
            guard header.hasClient || hint.receiverPort == port || hint.isFirst else { return .no }
            if header.key == KafkaAPI.produce {
                switch isProduce(bytes, header) {
                case true?: break
                case false?: return .no
                case nil:
                    // All of it is there and too little, or a transaction's name is long.
                    if UInt64(bytes.count) >= length { return .no }
                    if !isAllThere { return .maybe }
                }
            }
            if hint.recordLength == length { return .yes(.requester) }
            if hint.recordLength > length {
                // Another request follows, or it only looked like one.
                guard hint.receiverPort != port, UInt64(bytes.count) > length else { return .yes(.requester) }
                let next = UnsafeRawBufferPointer(rebasing: bytes[Int(length)...])
                if case .invalid = KafkaRequestHeader.read(next) { return .no }
                return .yes(.requester)
            }
            guard isAllThere else { return .maybe }
            return isBeginning(header.size, hint) ? .yes(.requester) : .no
        }
    }

    /// Whether a record may be the beginning of a request that is longer.
    private static func isBeginning(_ size: Int32, _ hint: RecognitionHint) -> Bool {
        hint.isOpening || hint.recordLength >= longRecord || size <= shortRequest
    }

    /// Whether what follows the header is a Produce's: a transaction or none, how many replicas must have it, how
    /// long that may take, and at least one topic. Nil when that cannot be told.
    private static func isProduce(_ bytes: UnsafeRawBufferPointer, _ header: KafkaRequestHeader) -> Bool? {
        var reader = KafkaReader(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(header.end)))
        let isFlexible = header.version >= KafkaAPI.all[0].flexible
        if header.version >= 3 {
            let transaction = reader.length(isCompact: isFlexible, isShort: true)
            guard !reader.isExhausted else { return nil }
            if let transaction {
                guard transaction > 0, transaction < Int(header.size) else { return false }
                _ = reader.take(transaction)
            }
        }
        let acks = reader.integer(Int16.self)
        guard !reader.isExhausted else { return nil }
        guard acks >= -1, acks <= 1 else { return false }
        let timeout = reader.integer(Int32.self)
        guard !reader.isExhausted else { return nil }
        guard timeout > 0 else { return false }
        let topics = reader.length(isCompact: isFlexible, isShort: false)
        guard !reader.isExhausted else { return nil }
        return (topics ?? 0) > 0 && topics ?? 0 < Int(header.size)
    }
}
