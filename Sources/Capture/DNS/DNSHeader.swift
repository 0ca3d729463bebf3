/// The header of a DNS message (RFC 1035, section 4.1.1).
struct DNSHeader {
    /// Bytes that it has.
    static let length = 12
    /// The operation of an ordinary question.
    static let query: UInt8 = 0
    /// Most additional records that a request is believed to have: EDNS, a transaction signature, and some to spare.
    private static let mostAdditionals = 8

    /// What ties a response to its request.
    let id: UInt16
    /// Whether it is a response.
    let isResponse: Bool
    /// What is asked for: 0 a query, 4 NOTIFY (RFC 1996), 5 UPDATE (RFC 2136).
    let opcode: UInt8
    /// The lower four bits of the response's code.
    let code: UInt8
    /// Entries in the question section.
    let questions: UInt16
    /// Records in the answer section.
    let answers: UInt16
    /// Records in the authority section.
    let authorities: UInt16
    /// Records in the additional section.
    let additionals: UInt16
    private let flags: UInt16

    /// The header at the start of a message; nil where there are too few bytes.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= DNSHeader.length else { return nil }
        id = bytes.big16(0)
        flags = bytes.big16(2)
        isResponse = flags & 0x8000 != 0
        opcode = UInt8(truncatingIfNeeded: flags >> 11) & 0x0F
        code = UInt8(truncatingIfNeeded: flags) & 0x0F
        questions = bytes.big16(4)
        answers = bytes.big16(6)
        authorities = bytes.big16(8)
        additionals = bytes.big16(10)
    }

    /// Whether a message that somebody means to send begins so: one question, no reserved bit, counts that the operation
    /// has. Messages with no question at all (some failures) and with several (which nobody answers) do not.
    var isPlausible: Bool {
        guard questions == 1, flags & 0x0040 == 0, opcode != 1, opcode <= 6 else { return false }
        if isResponse { return true }
        // A request has no code, is no truncated one and promises no recursion.
        guard flags & 0x028F == 0, additionals <= DNSHeader.mostAdditionals else { return false }
        switch opcode {
        case DNSHeader.query: return flags & 0x0400 == 0 && answers == 0 && authorities <= 1
        case 4: return answers <= 1 && authorities == 0
        default: return true
        }
    }

    /// The operation's name where it is no ordinary question (the IANA registry of DNS parameters); nil where it is.
    var operation: StaticString? {
        switch opcode {
        case DNSHeader.query: nil
        case 1: "IQUERY"
        case 2: "STATUS"
        case 4: "NOTIFY"
        case 5: "UPDATE"
        case 6: "DSO"
        default: "OPCODE"
        }
    }
}
