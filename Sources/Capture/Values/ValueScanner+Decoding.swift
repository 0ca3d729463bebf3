extension ValueScanner {
    /// A character as it was encoded.
    struct Decoded {
        /// Its bytes in UTF-8, the first lowest.
        var bytes: UInt32
        /// How many they are.
        var count = 1
        /// How many bytes stand for it; at least one.
        var length: Int

        /// A byte that stands for itself.
        init(byte: UInt8) {
            bytes = UInt32(byte)
            length = 1
        }

        /// A byte that so many stand for.
        init(byte: UInt8, length: Int) {
            bytes = UInt32(byte)
            self.length = length
        }

        /// A code point below 0x10000 that so many bytes stand for. Halves of pairs (UTF-16) are taken for characters.
        init(codePoint: UInt32, length: Int) {
            self.length = length
            switch codePoint {
            case ..<0x80: bytes = codePoint
            case ..<0x800:
                bytes = 0xC0 | codePoint >> 6 | (0x80 | codePoint & 63) << 8
                count = 2
            default:
                bytes = 0xE0 | codePoint >> 12 & 15 | (0x80 | codePoint >> 6 & 63) << 8 | (0x80 | codePoint & 63) << 16
                count = 3
            }
        }

        /// Whether it may stand in a word.
        var isInWord: Bool { ByteKind.of(UInt8(truncatingIfNeeded: bytes)) != 0 }
    }

    /// The character that is encoded at a place, which has the escape's first byte. What is no encoding is that byte.
    static func decode(_ bytes: UnsafeRawBufferPointer, at place: Int, _ escape: Escape) -> Decoded {
        let none = Decoded(byte: 0x20, length: 1)
        switch escape {
        case .none: return none
        case .percent:
            guard let value = hexadecimal(bytes, at: place + 1, count: 2) else { return none }
            return Decoded(byte: UInt8(value), length: 3)
        case .backslash:
            guard place + 1 < bytes.count else { return none }
            if bytes[place + 1] == UInt8(ascii: "u"), let value = hexadecimal(bytes, at: place + 2, count: 4) {
                return Decoded(codePoint: value, length: 6)
            }
            // Quotes, backslashes, slashes, control characters: nothing that stands in a word.
            return Decoded(byte: 0x20, length: 2)
        }
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer, at place: Int, count: Int) -> UInt32? {
        guard place + count <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in place..<(place + count) {
            let byte = lowerCase(bytes[index])
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
