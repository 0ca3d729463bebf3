/// The addresses that a response answers a question with, as ``FieldKey/answers`` hands them on: for each the 16 bytes of the
/// address (IPv4 as IPv6 writes it, RFC 4291, section 2.5.5.2) and 4 of the seconds that it may be kept, in network order.
public enum DNSAnswers {
    /// Most addresses that are handed on.
    static let most = 32
    /// Bytes of each.
    static let length = 20

    /// An IPv6 address, or an IPv4 one as IPv6 writes it, in two numbers.
    public typealias Address = (high: UInt64, low: UInt64)

    /// Calls for each address of a field's value, with the seconds that it may be kept.
    public static func forEach(_ value: UnsafeRawBufferPointer, _ body: (Address, UInt32) -> Void) {
        var place = 0
        while place + length <= value.count {
            let high = UInt64(value.big32(place)) << 32 | UInt64(value.big32(place + 4))
            let low = UInt64(value.big32(place + 8)) << 32 | UInt64(value.big32(place + 12))
            body((high, low), value.big32(place + 16))
            place += length
        }
    }

    /// Writes the addresses of a response behind its question. An alias (CNAME) leads from the name that was asked for to
    /// another whose addresses they are: all that a resolver answers are the answer.
    ///
    /// - Parameters:
    ///   - start: where the first record begins.
    ///   - count: how many records there are.
    ///   - value: room for ``most`` of ``length`` bytes.
    /// - Returns: how many bytes were written.
    static func write(
        _ message: UnsafeRawBufferPointer, from start: Int, count: Int, to value: UnsafeMutableRawBufferPointer
    ) -> Int {
        var written = 0
        DNSRecords(message, from: start, count: count).forEach { record in
            guard written + length <= value.count else { return }
            switch (record.type, record.data.count) {
            case (DNSType.address, 4):
                for index in 0..<10 { value[written + index] = 0 }
                (value[written + 10], value[written + 11]) = (0xFF, 0xFF)
                for index in 0..<4 { value[written + 12 + index] = record.data[index] }
            case (DNSType.longAddress, 16):
                for index in 0..<16 { value[written + index] = record.data[index] }
            default: return
            }
            for index in 0..<4 {
                value[written + 16 + index] = UInt8(truncatingIfNeeded: record.timeToLive >> UInt32(24 - 8 * index))
            }
            written += length
        }
        return written
    }
}
