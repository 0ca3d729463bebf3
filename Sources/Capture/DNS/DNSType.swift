/// Types of records by their mnemonics (the IANA registry "DNS Parameters", resource record types).
enum DNSType {
    /// A transfer of a whole zone (RFC 5936), answered by as many messages as it takes.
    static let zoneTransfer: UInt16 = 252
    /// A transfer of a zone's changes (RFC 1995), likewise.
    static let incrementalTransfer: UInt16 = 251
    /// An IPv4 address.
    static let address: UInt16 = 1
    /// An IPv6 address (RFC 3596).
    static let longAddress: UInt16 = 28
    /// The start of a zone of authority.
    static let startOfAuthority: UInt16 = 6
    /// EDNS (RFC 6891).
    static let options: UInt16 = 41

    /// A type's mnemonic; nil for one that has none here, which is written `TYPE123` (RFC 3597).
    static func name(_ type: UInt16) -> StaticString? {
        switch type {
        case 1: "A"
        case 2: "NS"
        case 5: "CNAME"
        case 6: "SOA"
        case 12: "PTR"
        case 13: "HINFO"
        case 15: "MX"
        case 16: "TXT"
        case 17: "RP"
        case 18: "AFSDB"
        case 24: "SIG"
        case 25: "KEY"
        case 28: "AAAA"
        case 29: "LOC"
        case 33: "SRV"
        case 35: "NAPTR"
        case 36: "KX"
        case 37: "CERT"
        case 39: "DNAME"
        case 41: "OPT"
        case 42: "APL"
        case 43: "DS"
        case 44: "SSHFP"
        case 45: "IPSECKEY"
        case 46: "RRSIG"
        case 47: "NSEC"
        case 48: "DNSKEY"
        case 49: "DHCID"
        case 50: "NSEC3"
        case 51: "NSEC3PARAM"
        case 52: "TLSA"
        case 53: "SMIMEA"
        case 55: "HIP"
        case 59: "CDS"
        case 60: "CDNSKEY"
        case 61: "OPENPGPKEY"
        case 62: "CSYNC"
        case 63: "ZONEMD"
        case 64: "SVCB"
        case 65: "HTTPS"
        case 99: "SPF"
        case 108: "EUI48"
        case 109: "EUI64"
        case 249: "TKEY"
        case 250: "TSIG"
        case 251: "IXFR"
        case 252: "AXFR"
        case 255: "ANY"
        case 256: "URI"
        case 257: "CAA"
        case 32768: "TA"
        case 32769: "DLV"
        default: nil
        }
    }
}
