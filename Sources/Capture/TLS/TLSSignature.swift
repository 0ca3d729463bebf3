/// Tells TLS by the record that a connection begins with: a hello. Records of data are told by their length as well, so that
/// a connection that was joined in the middle is left alone rather than looked at again and again.
enum TLSSignature {
    /// Most bytes of a record, with what encryption may add (RFC 5246, 6.2.3).
    static let longestRecord = 16384 + 2048

    /// What a message's first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let type = bytes.first else { return .maybe }
        guard type == 0x16 || type == 0x17, bytes.count < 2 || bytes[1] == 3, bytes.count < 3 || bytes[2] <= 4 else {
            return .no
        }
        guard bytes.count >= 5 else { return .maybe }
        let length = Int(bytes[3]) << 8 | Int(bytes[4])
        guard length > 0, length <= longestRecord else { return .no }
        guard bytes.count > 5 else { return .maybe }
        return type == 0x16 ? hello(bytes) : data(length, hint)
    }

    /// ClientHello or ServerHello: its type, its length in three bytes, its version.
    private static func hello(_ bytes: UnsafeRawBufferPointer) -> Recognition {
        guard bytes[5] == 1 || bytes[5] == 2, bytes.count < 7 || bytes[6] <= 1, bytes.count < 10 || bytes[9] == 3,
            bytes.count < 11 || bytes[10] <= 4
        else { return .no }
        return bytes.count < 11 ? .maybe : .yes(bytes[5] == 1 ? .requester : .responder)
    }

    private static func data(_ length: Int, _ hint: RecognitionHint) -> Recognition {
        let end = UInt64(length + 5)
        return hint.recordLength == end || (length >= 16384 && hint.recordLength > end) ? .yes(.requester) : .no
    }
}
