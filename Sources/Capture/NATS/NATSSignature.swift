/// Tells NATS by a message's first bytes: a verb of one side alone, and behind it what must be there. Verbs that both sides
/// have, and those that other protocols have as well, count only at NATS's port.
enum NATSSignature {
    /// The port that is NATS's (IANA).
    static let port: UInt16 = 4222
    /// How far a line's end is looked for, bytes.
    private static let reach = 512

    /// What the first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        switch NATSVerb.read(bytes) {
        case .none: return .no
        case .beginning: return .maybe
        case .verb(let verb): return recognise(verb, bytes, hint)
        }
    }

    /// Whether the first bytes of a record are those of a line that a side may say, or may be.
    static func begins(_ bytes: UnsafeRawBufferPointer, from side: Side) -> Bool {
        switch NATSVerb.read(bytes) {
        case .none: false
        case .beginning: true
        case .verb(let verb): (verb.sender ?? side) == side && isLine(verb, bytes) != false
        }
    }

    private static func recognise(
        _ verb: NATSVerb, _ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint
    ) -> Recognition {
        switch verb {
        case .ping, .pong, .ok, .error:
            guard hint.isAt(port), isLine(verb, bytes) == true else { return .no }
            return .yes(verb.sender ?? (hint.senderPort == port ? .responder : .requester))
        case .info, .connect:
            let start = verb.text.utf8CodeUnitCount + 1
            guard bytes.count > start else { return .maybe }
            return bytes[start] == 0x7B ? .yes(verb == .info ? .responder : .requester) : .no
        default:
            guard let isLine = isLine(verb, bytes) else {
                return bytes.count < ParserTable.signatureLength ? .maybe : verb.sender.map { .yes($0) } ?? .no
            }
            return isLine ? verb.sender.map { .yes($0) } ?? .no : .no
        }
    }

    /// Whether a line with this verb is right; nil when its end is not there and nothing is wrong so far.
    private static func isLine(_ verb: NATSVerb, _ bytes: UnsafeRawBufferPointer) -> Bool? {
        let known = UnsafeRawBufferPointer(rebasing: bytes.prefix(reach))
        if let end = known.firstIndex(of: 0x0A) { return NATSLine(known, end: end + 1) != nil }
        return known.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 || $0 == 0x0D || $0 > 0x7F } ? nil : false
    }
}
