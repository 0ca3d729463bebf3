/// What each message of MongoDB's wire protocol begins with (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/):
/// four little-endian numbers of 32 bits.
struct MongoHeader {
    /// What a message is.
    enum Kind: UInt32 {
        case reply = 1
        case update = 2001
        case insert = 2002
        case query = 2004
        case getMore = 2005
        case delete = 2006
        case killCursors = 2007
        case compressed = 2012
        case message = 2013
    }

    /// Bytes of a header.
    static let size = 16
    /// Longest message, bytes: the 48,000,000 that servers allow, with room to spare.
    static let longest: UInt32 = 64 << 20

    /// Bytes of the message, the header included.
    var length: UInt32
    /// The message's own number.
    var requestID: UInt32
    /// The number of the message that it answers; 0 for a request.
    var responseTo: UInt32
    /// What it is.
    var kind: Kind

    /// Reads a header; nil for bytes that are none, or too few.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= MongoHeader.size else { return nil }
        length = MongoHeader.number(bytes, at: 0)
        requestID = MongoHeader.number(bytes, at: 4)
        responseTo = MongoHeader.number(bytes, at: 8)
        guard let kind = Kind(rawValue: MongoHeader.number(bytes, at: 12)), length > MongoHeader.size,
            length <= MongoHeader.longest
        else { return nil }
        self.kind = kind
    }

    /// A little-endian number; bytes that are not there count as zero.
    static func number(_ bytes: UnsafeRawBufferPointer, at place: Int) -> UInt32 {
        guard place >= 0, place <= bytes.count - 4 else { return 0 }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }
}
