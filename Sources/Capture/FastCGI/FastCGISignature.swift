/// Tells FastCGI by a record: BEGIN_REQUEST, which nothing else looks like; from an application that was joined in the
/// middle, END_REQUEST, or output that begins with a header as CGI has it.
enum FastCGISignature {
    /// What a message's first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let first = bytes.first else { return .maybe }
        guard first == 1, bytes.count < 2 || (1...10).contains(bytes[1]) else { return .no }
        // Shorter than any record: it may be the beginning of one, but hardly if that is all that was sent before.
        guard bytes.count >= FastCGIRecord.headerLength else {
            return bytes.count < 2 || isPossible(bytes) ? .maybe : .no
        }
        let header = FastCGIRecord.word(bytes)
        guard header & 0xFF == 0 else { return .no }
        if let record = FastCGIRecord(header, from: .requester) { return requester(record, bytes) }
        guard let record = FastCGIRecord(header, from: .responder) else { return .no }
        return responder(record, bytes, hint)
    }

    private static func isPossible(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch FastCGIRecord.Kind(rawValue: bytes[1]) {
        case .begin, .end: (bytes.count < 5 || bytes[4] == 0) && (bytes.count < 6 || bytes[5] == 8)
        case .output: true
        case .getValues: (bytes.count < 3 || bytes[2] == 0) && (bytes.count < 4 || bytes[3] == 0)
        default: false
        }
    }

    private static func requester(_ record: FastCGIRecord, _ bytes: UnsafeRawBufferPointer) -> Recognition {
        switch record.kind {
        case .begin:
            guard bytes.count >= 16 else { return .maybe }
            return FastCGIRecord.isBegin(FastCGIRecord.word(bytes, at: 8)) ? .yes(.requester) : .no
        case .getValues:
            // The first name asked for: FCGI_MAX_CONNS, FCGI_MAX_REQS, FCGI_MPXS_CONNS.
            guard record.length >= 7 else { return .no }
            guard bytes.count >= 15 else { return .maybe }
            return UnsafeRawBufferPointer(rebasing: bytes[10..<15]).elementsEqual("FCGI_".utf8) ? .yes(.requester) : .no
        default: return .no
        }
    }

    private static func responder(
        _ record: FastCGIRecord, _ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint
    ) -> Recognition {
        switch record.kind {
        case .end:
            guard bytes.count >= 16 else { return .maybe }
            let body = FastCGIRecord.word(bytes, at: 8)
            return body & 0xFF_FFFF == 0 && body >> 24 & 0xFF <= 3 && hint.recordLength == 16 ? .yes(.responder) : .no
        case .output:
            // `Name:` and nothing in front of it but what names are made of (RFC 3875, 6.3).
            guard record.length >= 4 else { return .no }
            for byte in bytes.dropFirst(8).prefix(Int(record.length)) {
                if byte == 0x3A { return bytes[8] != 0x3A ? .yes(.responder) : .no }
                guard lowerCase(byte) &- 0x61 < 26 || byte == 0x2D else { return .no }
            }
            return bytes.count < ParserTable.signatureLength ? .maybe : .no
        default: return .no
        }
    }
}
