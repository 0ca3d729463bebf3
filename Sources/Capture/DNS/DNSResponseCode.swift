/// Codes of responses by their mnemonics (the IANA registry "DNS Parameters", RCODEs).
enum DNSResponseCode {
    /// A code's mnemonic; nil for one that has none, which is written `RCODE123`.
    static func name(_ code: UInt16) -> StaticString? {
        switch code {
        case 0: "NOERROR"
        case 1: "FORMERR"
        case 2: "SERVFAIL"
        case 3: "NXDOMAIN"
        case 4: "NOTIMP"
        case 5: "REFUSED"
        case 6: "YXDOMAIN"
        case 7: "YXRRSET"
        case 8: "NXRRSET"
        case 9: "NOTAUTH"
        case 10: "NOTZONE"
        case 11: "DSOTYPENI"
        case 16: "BADVERS"
        case 17: "BADKEY"
        case 18: "BADTIME"
        case 19: "BADMODE"
        case 20: "BADNAME"
        case 21: "BADALG"
        case 22: "BADTRUNC"
        case 23: "BADCOOKIE"
        default: nil
        }
    }

    /// The code of a response. EDNS, among the additional records, has its upper eight bits (RFC 6891, section 6.1.3);
    /// where the message is not known so far, the header's four are taken for all.
    static func read(_ message: UnsafeRawBufferPointer, _ header: DNSHeader, from start: Int) -> UInt16 {
        var code = UInt16(header.code)
        DNSRecords(message, from: start, count: header.recordCount).forEach { record in
            if record.type == DNSType.options { code = UInt16(header.code) | UInt16(record.timeToLive >> 24) << 4 }
        }
        return code
    }
}

extension DNSHeader {
    /// Records of all sections but the question's.
    var recordCount: Int { Int(answers) + Int(authorities) + Int(additionals) }
}
