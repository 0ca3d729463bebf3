/// Base64 with the standard alphabet and padding (RFC 4648, section 4), strictly: no white space, no other characters,
/// padding where it is due and only there, and no bits that a decoder would have to throw away.
enum Base64 {
    private static let padding = UInt8(ascii: "=")

    /// Whether the bytes are valid. No bytes are.
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count % 4 == 0 else { return false }
        guard !bytes.isEmpty else { return true }
        let digits = digitCount(bytes)
        for index in 0..<digits where value(of: bytes[index]) == nil { return false }
        guard let last = value(of: bytes[digits - 1]) else { return false }
        // 2 digits of the last 4 hold 1 byte and 4 bits, 3 hold 2 bytes and 2 bits.
        switch bytes.count - digits {
        case 0: return true
        case 1: return last & 0b11 == 0
        default: return last & 0b1111 == 0
        }
    }

    /// Puts what the bytes say in place of what the buffer holds, at most so many bytes; false when they are not valid or
    /// say more.
    static func decode(_ bytes: UnsafeRawBufferPointer, into buffer: inout [UInt8], limit: Int) -> Bool {
        buffer.removeAll(keepingCapacity: true)
        guard bytes.count / 4 * 3 <= limit + 2, isValid(bytes), !bytes.isEmpty else { return false }
        let digits = digitCount(bytes)
        guard digits * 6 / 8 <= limit else { return false }
        var bits: UInt32 = 0
        var count = 0
        for index in 0..<digits {
            guard let value = value(of: bytes[index]) else { return false }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                buffer.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return true
    }

    /// How many of the bytes, 4 at least, stand before the padding.
    private static func digitCount(_ bytes: UnsafeRawBufferPointer) -> Int {
        if bytes[bytes.count - 1] != padding { return bytes.count }
        return bytes[bytes.count - 2] == padding ? bytes.count - 2 : bytes.count - 1
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte &- UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte &- UInt8(ascii: "a") &+ 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0") &+ 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
