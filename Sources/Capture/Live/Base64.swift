/// Decodes base64 (RFC 4648, standard alphabet, padded), the form in which the BPF object lies in the binary.
enum Base64 {
    /// The bytes, in memory that the caller frees.
    ///
    /// - Returns: nil for text that is no base64: the build would be broken.
    static func decode(_ text: StaticString) -> UnsafeMutableRawBufferPointer? {
        let source = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard source.count >= 4, source.count % 4 == 0 else { return nil }
        let padding = source.suffix(2).count { $0 == UInt8(ascii: "=") }
        let size = source.count / 4 * 3 - padding
        // An ELF file is read in place, by words.
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        var output = 0
        var word: UInt32 = 0
        for (index, character) in source.enumerated() {
            guard let value = value(of: character) ?? (index >= source.count - padding ? 0 : nil) else {
                bytes.deallocate()
                return nil
            }
            word = word << 6 | value
            guard index % 4 == 3 else { continue }
            for shift in [UInt32(16), 8, 0] where output < size {
                bytes[output] = UInt8(truncatingIfNeeded: word >> shift)
                output += 1
            }
            word = 0
        }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) - 48 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
