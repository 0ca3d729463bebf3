/// Reads JSON (RFC 8259) in one pass, piece by piece: no values, no strings in between. The bytes are a stranger's:
/// nothing is read beyond them, and nesting is bounded. Whether they are UTF-8 is the caller's to check.
package struct JSONReader {
    private let bytes: UnsafeRawBufferPointer
    private let deepest: Int
    /// How many bytes have been read.
    private(set) var position = 0
    private var depth = 0

    /// Reads from the first of the bytes. Objects and arrays may lie in each other so deep.
    package init(_ bytes: UnsafeRawBufferPointer, deepest: Int = 100) {
        self.bytes = bytes
        self.deepest = deepest
    }

    /// The byte that comes next, white space apart.
    @inline(__always)
    package mutating func next() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position &+= 1
        }
        return nil
    }

    /// Whether there is nothing more.
    package mutating func isAtEnd() -> Bool { next() == nil }

    /// Passes over a byte; false if another comes next.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        position &+= 1
        return true
    }

    /// Begins an object or an array; false if there is none or it lies too deep.
    mutating func open(_ byte: UInt8) -> Bool {
        guard depth < deepest, take(byte) else { return false }
        depth &+= 1
        return true
    }

    /// Ends what was begun last; false if it does not end here.
    mutating func close(_ byte: UInt8) -> Bool {
        guard take(byte) else { return false }
        depth &-= 1
        return true
    }

    /// Reads a string as it is written; nil when there is none or it is wrong.
    package mutating func text() -> JSONText? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            if bytes.count &- position >= 8,
                Self.isPlain(bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            {
                position &+= 8
                continue
            }
            let byte = bytes[position]
            position &+= 1
            switch byte {
            case UInt8(ascii: "\""):
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<(position &- 1)])
                return JSONText(bytes: text, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                guard passEscape() else { return nil }
                hasEscapes = true
            case 0..<0x20: return nil
            default: break
            }
        }
        return nil
    }

    /// Reads a number as it is written; nil when there is none or it is wrong.
    mutating func number() -> UnsafeRawBufferPointer? {
        _ = next()
        let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
        guard let length = JSONNumber.length(of: rest) else { return nil }
        position &+= length
        return UnsafeRawBufferPointer(rebasing: rest[..<length])
    }

    /// Passes over a word: `true`, `false` or `null`.
    mutating func take(word: StaticString) -> Bool {
        guard next() != nil, bytes.count &- position >= word.utf8CodeUnitCount else { return false }
        let ahead = UnsafeRawBufferPointer(rebasing: bytes[position..<(position &+ word.utf8CodeUnitCount)])
        guard word.withUTF8Buffer({ ahead.elementsEqual($0) }) else { return false }
        position &+= word.utf8CodeUnitCount
        return true
    }

    /// Passes over any value; false when there is none or it is wrong.
    package mutating func skip() -> Bool {
        switch next() {
        case UInt8(ascii: "{"):
            guard open(UInt8(ascii: "{")) else { return false }
            if close(UInt8(ascii: "}")) { return true }
            repeat {
                guard text() != nil, take(UInt8(ascii: ":")), skip() else { return false }
            } while take(UInt8(ascii: ","))
            return close(UInt8(ascii: "}"))
        case UInt8(ascii: "["):
            guard open(UInt8(ascii: "[")) else { return false }
            if close(UInt8(ascii: "]")) { return true }
            repeat { guard skip() else { return false } } while take(UInt8(ascii: ","))
            return close(UInt8(ascii: "]"))
        case UInt8(ascii: "\""): return text() != nil
        case UInt8(ascii: "t"): return take(word: "true")
        case UInt8(ascii: "f"): return take(word: "false")
        case UInt8(ascii: "n"): return take(word: "null")
        default: return number() != nil
        }
    }

    /// Whether none of eight bytes ends a string, begins an escape or is a control character. Bytes beyond one that
    /// does may be taken for one too, which costs time only.
    @inline(__always)
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let found = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
        return found & (ones &* 0x80) == 0
    }

    private mutating func passEscape() -> Bool {
        guard position < bytes.count else { return false }
        position &+= 1
        switch bytes[position &- 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard bytes.count &- position >= 4 else { return false }
            for offset in 0..<4 where Hexadecimal.value(bytes[position &+ offset]) == nil { return false }
            position &+= 4
            return true
        default: return false
        }
    }
}
