/// The framing and the numbers of MySQL's protocol: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basics.html
enum MySQLPacket {
    /// Bytes before a packet's payload: three of its length, least significant first, one of its sequence id.
    static let headerLength = 4
    /// The payload of a packet that the next one continues, bytes.
    static let continued: UInt64 = 0xFF_FFFF
    /// Bytes before the payload of a compressed packet: its length, its sequence id, its length before compression.
    static let compressedHeaderLength = 7

    /// How long a packet is, header included.
    static func measure(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        guard bytes.count >= headerLength else { return .needs(headerLength) }
        return .total(UInt64(headerLength) + UInt64(number(bytes, at: 0, size: 3)))
    }

    /// How long a compressed packet is, header included.
    static func measureCompressed(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        guard bytes.count >= compressedHeaderLength else { return .needs(compressedHeaderLength) }
        return .total(UInt64(compressedHeaderLength) + UInt64(number(bytes, at: 0, size: 3)))
    }

    /// An integer of fixed size, least significant byte first; what is not there counts as 0.
    static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int, size: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<size where offset + index < bytes.count {
            value |= UInt32(bytes[offset + index]) << UInt32(8 * index)
        }
        return value
    }

    /// A length-encoded integer and how many bytes it takes; nil when it is none or not all of it is there.
    static func lengthEncoded(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> (value: UInt64, size: Int)? {
        guard offset >= 0, offset < bytes.count else { return nil }
        let size: Int
        switch bytes[offset] {
        case 0xFC: size = 3
        case 0xFD: size = 4
        case 0xFE: size = 9
        case 0xFB, 0xFF: return nil
        default: return (UInt64(bytes[offset]), 1)
        }
        guard offset + size <= bytes.count else { return nil }
        var value: UInt64 = 0
        for index in 1..<size { value |= UInt64(bytes[offset + index]) << UInt64(8 * (index - 1)) }
        return (value, size)
    }

    /// The bytes up to a zero byte, which may be missing, and where what follows it begins.
    static func string(
        _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> (value: UnsafeRawBufferPointer, next: Int) {
        guard offset < bytes.count else {
            return (UnsafeRawBufferPointer(rebasing: bytes[bytes.count...]), bytes.count)
        }
        let end = bytes[offset...].firstIndex(of: 0) ?? bytes.count
        return (UnsafeRawBufferPointer(rebasing: bytes[offset..<end]), min(end + 1, bytes.count))
    }
}

/// What an OK or EOF packet says of the server's state (`SERVER_STATUS_flags_enum`).
struct MySQLStatus: OptionSet {
    let rawValue: UInt16
    /// Another result follows.
    static let moreResults = MySQLStatus(rawValue: 0x0008)
    /// A cursor was opened: its rows are fetched by commands of their own.
    static let cursorExists = MySQLStatus(rawValue: 0x0040)

    /// The status in an OK packet's payload, its first byte included; nil when it is none.
    init?(ok payload: UnsafeRawBufferPointer) {
        guard let affected = MySQLPacket.lengthEncoded(payload, at: 1),
            let inserted = MySQLPacket.lengthEncoded(payload, at: 1 + affected.size)
        else { return nil }
        let offset = 1 + affected.size + inserted.size
        guard offset + 2 <= payload.count else { return nil }
        self.init(rawValue: UInt16(truncatingIfNeeded: MySQLPacket.number(payload, at: offset, size: 2)))
    }

    /// The status in an EOF packet's payload, its first byte included.
    init(end payload: UnsafeRawBufferPointer) {
        self.init(rawValue: UInt16(truncatingIfNeeded: MySQLPacket.number(payload, at: 3, size: 2)))
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }
}
