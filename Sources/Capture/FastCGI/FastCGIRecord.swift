/// The eight bytes that every record begins with (FastCGI 1.0, 3.3), as a number in network byte order: version, type,
/// request id, length of the content, length of the padding, a reserved byte.
struct FastCGIRecord {
    /// Bytes of a record before its content.
    static let headerLength = 8

    /// What a record is (FastCGI 1.0, 8). Those up to ``data`` belong to a request, the others to the connection.
    enum Kind: UInt8 {
        case begin = 1
        case abort = 2
        case end = 3
        case parameters = 4
        case input = 5
        case output = 6
        case error = 7
        case data = 8
        case getValues = 9
        case getValuesResult = 10
        case unknownType = 11

        /// Who sends it: the web server is the requester, the application the responder.
        var side: Side {
            switch self {
            case .begin, .abort, .parameters, .input, .data, .getValues: .requester
            case .end, .output, .error, .getValuesResult, .unknownType: .responder
            }
        }
    }

    /// What it is.
    var kind: Kind
    /// The request it belongs to; 0 for none.
    var request: UInt16
    /// Bytes of its content.
    var length: UInt16
    /// Bytes behind the content that mean nothing.
    var padding: UInt8

    /// A record's header; nil when it is none that this side sends.
    init?(_ word: UInt64, from side: Side) {
        guard word >> 56 == 1, let kind = Kind(rawValue: UInt8(truncatingIfNeeded: word >> 48)), kind.side == side
        else { return nil }
        self.kind = kind
        request = UInt16(truncatingIfNeeded: word >> 32)
        length = UInt16(truncatingIfNeeded: word >> 16)
        padding = UInt8(truncatingIfNeeded: word >> 8)
        switch kind {
        case .begin, .end: guard request != 0, length == 8 else { return nil }
        case .getValues, .getValuesResult, .unknownType: guard request == 0 else { return nil }
        default: guard request != 0 else { return nil }
        }
    }

    /// Eight bytes as a number, the first one highest.
    static func word(_ bytes: UnsafeRawBufferPointer, at index: Int = 0) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// Whether the body of a BEGIN_REQUEST is one: a role that there is, no flag but the one that keeps the connection.
    static func isBegin(_ body: UInt64) -> Bool {
        let role = body >> 48
        return role >= 1 && role <= 3 && body & 0x0000_FEFF_FFFF_FFFF == 0
    }
}
