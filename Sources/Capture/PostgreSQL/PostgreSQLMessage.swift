/// The framing and the texts of PostgreSQL's protocol: https://www.postgresql.org/docs/current/protocol-message-formats.html
enum PostgreSQLMessage {
    /// Bytes before a message's contents: its type, and its length without the type, most significant byte first.
    static let headerLength = 5
    /// Bytes before what a client says first: a length and a code.
    static let openingLength = 8
    /// Longest message, bytes (`MaxAllocSize`).
    private static let longest: UInt64 = 0x3FFF_FFFF
    /// Longest first message, bytes (`MAX_STARTUP_PACKET_LENGTH`).
    private static let longestOpening: UInt64 = 10_000

    /// What a client sends that is not a typed message.
    enum Opening: UInt32 {
        case cancel = 80_877_102
        case tls = 80_877_103
        case gss = 80_877_104
    }

    /// How long a client's message is.
    static func measureRequest(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        guard bytes[0] == 0 else { return measure(bytes, isType: isRequest) }
        guard bytes.count >= openingLength else { return .needs(openingLength) }
        let length = UInt64(number(bytes, at: 0))
        guard (UInt64(openingLength)...longestOpening).contains(length), isOpening(number(bytes, at: 4)) else {
            return .invalid
        }
        return .total(length)
    }

    /// How long a server's message is.
    static func measureAnswer(_ bytes: UnsafeRawBufferPointer) -> MessageLength { measure(bytes, isType: isAnswer) }

    /// How long the server's answer to a wish for encryption is: a byte, or an error.
    static func measureEncryption(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        bytes[0] == UInt8(ascii: "E") ? measureAnswer(bytes) : .total(1)
    }

    private static func measure(_ bytes: UnsafeRawBufferPointer, isType: (UInt8) -> Bool) -> MessageLength {
        guard isType(bytes[0]) else { return .invalid }
        guard bytes.count >= headerLength else { return .needs(headerLength) }
        let length = UInt64(number(bytes, at: 1))
        return length >= 4 && length <= longest ? .total(length + 1) : .invalid
    }

    /// Whether a code may stand in a client's first message: version 3, or a wish.
    static func isOpening(_ code: UInt32) -> Bool { code >> 16 == 3 || Opening(rawValue: code) != nil }

    /// Whether a client's message may be of this type.
    static func isRequest(_ type: UInt8) -> Bool {
        switch type {
        case UInt8(ascii: "B"), UInt8(ascii: "C"), UInt8(ascii: "D"), UInt8(ascii: "E"), UInt8(ascii: "F"),
            UInt8(ascii: "H"), UInt8(ascii: "P"), UInt8(ascii: "Q"), UInt8(ascii: "S"), UInt8(ascii: "X"),
            UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "f"), UInt8(ascii: "p"):
            true
        default: false
        }
    }

    /// Whether a server's message may be of this type.
    static func isAnswer(_ type: UInt8) -> Bool {
        switch type {
        case UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "A"), UInt8(ascii: "C"),
            UInt8(ascii: "D"), UInt8(ascii: "E"), UInt8(ascii: "G"), UInt8(ascii: "H"), UInt8(ascii: "I"),
            UInt8(ascii: "K"), UInt8(ascii: "N"), UInt8(ascii: "R"), UInt8(ascii: "S"), UInt8(ascii: "T"),
            UInt8(ascii: "V"), UInt8(ascii: "W"), UInt8(ascii: "Z"), UInt8(ascii: "c"), UInt8(ascii: "d"),
            UInt8(ascii: "n"), UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "v"):
            true
        default: false
        }
    }

    /// A number of four bytes; what is not there counts as 0.
    static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in offset..<(offset + 4) { value = value << 8 | (index < bytes.count ? UInt32(bytes[index]) : 0) }
        return value
    }

    /// The bytes up to a zero byte, and where what follows it begins; nil there when the zero byte is missing.
    static func string(
        _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> (value: UnsafeRawBufferPointer, next: Int?) {
        guard offset < bytes.count else { return (UnsafeRawBufferPointer(rebasing: bytes[bytes.count...]), nil) }
        let end = bytes[offset...].firstIndex(of: 0)
        return (UnsafeRawBufferPointer(rebasing: bytes[offset..<(end ?? bytes.count)]), end.map { $0 + 1 })
    }

    /// The statement's bytes among the last ones of a Parse: those in front of the first zero byte, if a number and so many
    /// types of parameters are behind it. None otherwise: then all of them are such types.
    static func text(ofParse tail: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let place = tail.firstIndex(of: 0), place + 3 <= tail.count else { return .none }
        let types = Int(tail[place + 1]) << 8 | Int(tail[place + 2])
        return tail.count - place - 3 == 4 * types ? UnsafeRawBufferPointer(rebasing: tail[..<place]) : .none
    }

    /// What names a statement or a portal in a table of both.
    static func key(_ kind: UInt8, _ name: UnsafeRawBufferPointer) -> UInt64 {
        // FNV-1a (Fowler, Noll, Vo).
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(kind)
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}

/// What an ErrorResponse says.
struct PostgreSQLError {
    /// The SQLSTATE: five digits and letters; empty when it was not found.
    var code: UnsafeRawBufferPointer
    /// Whether it ends the session.
    var isFatal = false

    /// Reads a message's contents.
    init(_ contents: UnsafeRawBufferPointer) {
        code = UnsafeRawBufferPointer(rebasing: contents[contents.count...])
        var offset = 0
        while offset < contents.count, contents[offset] != 0 {
            let (value, next) = PostgreSQLMessage.string(contents, at: offset + 1)
            switch contents[offset] {
            case UInt8(ascii: "C"):
                let isCode =
                    value.count == 5 && value.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
                if isCode { code = value }
            case UInt8(ascii: "V"):
                isFatal = value.first == UInt8(ascii: "F") || value.first == UInt8(ascii: "P")
            default: break
            }
            guard let next else { return }
            offset = next
        }
    }
}
