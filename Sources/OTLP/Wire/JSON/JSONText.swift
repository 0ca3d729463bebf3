/// A JSON string as it is written, between its quotes. Its escapes are well-formed.
package struct JSONText {
    /// The bytes.
    package let bytes: UnsafeRawBufferPointer
    /// Whether it must be unescaped to be read.
    let hasEscapes: Bool

    /// Whether it says just this.
    func says(_ wanted: StaticString) -> Bool {
        wanted.withUTF8Buffer { wanted in
            var (length, isSame) = (0, true)
            unescape { run in
                for byte in run {
                    isSame = isSame && length < wanted.count && byte == wanted[length]
                    length += 1
                }
            }
            return isSame && length == wanted.count
        }
    }

    /// Gives what it says in runs of bytes, in order. A surrogate without its other half becomes U+FFFD.
    func unescape(_ append: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        var position = 0
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "\\") else {
                position &+= 1
                continue
            }
            append(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
            let scalar = scalar(at: &position)
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                withUnsafeBytes(of: unit) { append($0) }
            }
            start = position
        }
        append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    /// As a string, for what is no telemetry; what is not UTF-8 is replaced.
    package var string: String {
        var units: [UInt8] = []
        unescape { units.append(contentsOf: $0) }
        return String(decoding: units, as: UTF8.self)
    }

    /// What an escape stands for; it begins at the position, which passes it.
    private func scalar(at position: inout Int) -> Unicode.Scalar {
        let letter = bytes[position &+ 1]
        position &+= 2
        switch letter {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): break
        default: return Unicode.Scalar(letter)
        }
        let first = unit(at: position)
        position &+= 4
        if 0xD800..<0xDC00 ~= first, bytes.count &- position >= 6, bytes[position] == UInt8(ascii: "\\"),
            bytes[position &+ 1] == UInt8(ascii: "u")
        {
            let second = unit(at: position &+ 2)
            if 0xDC00..<0xE000 ~= second {
                position &+= 6
                return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
            }
        }
        return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private func unit(at position: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 4 | UInt32(Hexadecimal.value(bytes[position &+ $1]) ?? 0) }
    }
}
