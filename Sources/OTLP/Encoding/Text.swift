/// What OTLP asks of text: UTF-8. What is observed on sockets need not be.
enum Text {
    /// Gives the bytes, or if they are not UTF-8 a copy in which what is wrong is replaced by U+FFFD.
    @inline(__always)
    static func withValidUTF8<R>(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        if isUTF8(bytes) { return body(bytes) }
        var repaired = String(decoding: bytes, as: UTF8.self)
        return repaired.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    /// Whether there is nothing but ASCII, which is nearly always so and told eight bytes at a time.
    @inline(__always)
    private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var seen: UInt64 = 0
        let count = bytes.count
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                seen |= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                offset &+= 8
            }
            // The last eight overlap those before, which costs less than a loop over what is left.
            seen |= bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            seen = UInt64(bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            seen |= UInt64(bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else {
            for byte in bytes { seen |= UInt64(byte) }
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }

    /// Copies bytes, and says whether every one of them may stand in a JSON string as it is: ASCII, and nothing that must be
    /// escaped (RFC 8259, section 7). Looking and copying at once, since most texts are short.
    ///
    /// - Parameter room: at least as large.
    static func copyIsPlainInJSON(_ bytes: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer) -> Bool {
        precondition(room.count >= bytes.count)
        let count = bytes.count
        var seen: UInt64 = 0
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                room.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
                seen |= notPlain(word)
                offset &+= 8
            }
            // The last eight overlap those before, which costs less than a loop over what is left.
            let word = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            room.storeBytes(of: word, toByteOffset: count &- 8, as: UInt64.self)
            seen |= notPlain(word)
        } else if count >= 4 {
            let (first, last) = (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self),
                bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            )
            room.storeBytes(of: first, toByteOffset: 0, as: UInt32.self)
            room.storeBytes(of: last, toByteOffset: count &- 4, as: UInt32.self)
            seen = notPlain(UInt64(first) | UInt64(last) << 32)
        } else {
            for place in 0..<count {
                room[place] = bytes[place]
                // What is not there is a letter.
                seen |= notPlain(0x6161_6161_6161_6100 | UInt64(bytes[place]))
            }
        }
        return seen == 0
    }

    /// The top bit of some byte is set if one of the eight is not ASCII, below a space, a quotation mark or a backslash
    /// ("Determine if a word has a byte less than n", https://graphics.stanford.edu/~seander/bithacks.html).
    @inline(__always)
    private static func notPlain(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let below = (word &- ones &* 0x20) & ~word
        let isQuote = (quotes &- ones) & ~quotes
        let isBackslash = (backslashes &- ones) & ~backslashes
        return (word | below | isQuote | isBackslash) & (ones &* 0x80)
    }

    /// Whether it is UTF-8.
    @inline(__always)
    static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool { isASCII(bytes) || isOtherUTF8(bytes) }

    private static func isOtherUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            // The span does not outlive the bytes.
            (try? UTF8Span(validating: Swift.Span(_unsafeElements: bytes))) != nil
        }
    }
}
