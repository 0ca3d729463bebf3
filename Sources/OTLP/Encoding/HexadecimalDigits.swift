/// Numbers as lower-case hexadecimal digits, eight at a time: ids make a good part of what a span's text is.
enum HexadecimalDigits {
    /// The eight digits of a number as they lie in memory, the most significant first.
    static func digits(of number: UInt32) -> UInt64 {
        // A digit in each byte, the most significant in the uppermost.
        var digits = UInt64(number)
        digits = (digits << 16 | digits) & 0x0000_FFFF_0000_FFFF
        digits = (digits << 8 | digits) & 0x00FF_00FF_00FF_00FF
        digits = (digits << 4 | digits) & 0x0F0F_0F0F_0F0F_0F0F
        // One in each byte that is a letter: 10 and 6 carry into the upper half of it.
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).bigEndian
    }

    /// Writes the 16 digits of a number into room for as many bytes.
    static func write(_ number: UInt64, to room: UnsafeMutableRawBufferPointer) {
        precondition(room.count >= 16)
        room.storeBytes(of: digits(of: UInt32(truncatingIfNeeded: number >> 32)), as: UInt64.self)
        room.storeBytes(of: digits(of: UInt32(truncatingIfNeeded: number)), toByteOffset: 8, as: UInt64.self)
    }
}
