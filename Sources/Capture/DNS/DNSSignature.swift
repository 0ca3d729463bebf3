/// Whether bytes on a TCP connection are a DNS message behind its length (RFC 7766, section 8).
enum DNSSignature {
    /// The port that servers listen at.
    static let port: UInt16 = 53
    /// Bytes of the length in front of a message.
    static let prefix = 2
    /// Fewest bytes of a message with a question: for the root.
    private static let shortest = DNSHeader.length + 5

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        let known = bytes.count
        guard known > 0 else { return .maybe }
        if known > 1, Int(bytes.big16(0)) < shortest { return .no }
        // A part of the header has the byte that fewest others have there: no reserved bit, a known operation.
        if known > 4, bytes[4] & 0x78 > 0x30 { return .no }
        if known > 5, bytes[5] & 0x40 != 0 { return .no }
        if known > 7, bytes.big16(6) != 1 { return .no }
        let message = bytes.from(prefix)
        guard let header = DNSHeader(message) else { return .maybe }
        guard header.isPlausible else { return .no }
        let verdict = Recognition.yes(header.isResponse ? .responder : .requester)
        switch DNSQuestion.read(message) {
        case .invalid: return .no
        case .whole(let question):
            guard question.isPlausible, question.end <= Int(bytes.big16(0)) else { return .no }
            return DNSType.name(question.type) != nil || hint.isAt(port) ? verdict : .no
        case .cut:
            if known < ParserTable.signatureLength { return .maybe }
            // A long name: what else there is to see must make up for its end.
            return hint.isAt(port) || hint.recordLength == UInt64(bytes.big16(0)) + UInt64(prefix) ? verdict : .no
        }
    }
}
