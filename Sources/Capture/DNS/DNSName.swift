/// Names as DNS messages have them (RFC 1035, section 4.1.4).
enum DNSName {
    /// Most bytes of a name, lengths of its labels and the root's zero included.
    static let maximumLength = 255
    /// Most bytes of a name as text: each of its bytes may need four.
    static let maximumText = 4 * maximumLength

    /// Writes a name that is not compressed as text: labels with dots between, without one at the end, the root as `.`.
    /// What is not printable is written as `\DDD`, and what would be misread behind a backslash, as RFC 1035 and the
    /// semantic conventions want it.
    ///
    /// - Parameter text: room for ``maximumText`` bytes.
    /// - Returns: how many of them were written.
    static func write(_ name: UnsafeRawBufferPointer, to text: UnsafeMutableRawBufferPointer) -> Int {
        guard name.count > 1 else {
            text[0] = UInt8(ascii: ".")
            return 1
        }
        var count = 0
        var place = 0
        while place < name.count, name[place] != 0 {
            let end = min(place + 1 + Int(name[place]), name.count)
            if place > 0 { append(UInt8(ascii: "."), to: text, &count) }
            for byte in name[(place + 1)..<end] { escape(byte, to: text, &count) }
            place = end
        }
        return count
    }

    /// Where a name ends that begins at a place of a message; nil where the message ends before. Where it is compressed
    /// it ends with the pointer, which is not followed.
    static func end(of message: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var place = start
        while place < message.count, place - start <= maximumLength {
            let label = Int(message[place])
            switch label {
            case 0: return place + 1
            case 0xC0...: return place + 2 <= message.count ? place + 2 : nil
            case 64...: return nil
            default: place += 1 + label
            }
        }
        return nil
    }

    private static func escape(_ byte: UInt8, to text: UnsafeMutableRawBufferPointer, _ count: inout Int) {
        let backslash = UInt8(ascii: "\\")
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "\""), backslash:
            append(backslash, to: text, &count)
            append(byte, to: text, &count)
        case 0x21...0x7E: append(byte, to: text, &count)
        case 0x09: append(backslash, UInt8(ascii: "t"), to: text, &count)
        case 0x0A: append(backslash, UInt8(ascii: "n"), to: text, &count)
        case 0x0D: append(backslash, UInt8(ascii: "r"), to: text, &count)
        default:
            append(backslash, 0x30 + byte / 100, to: text, &count)
            append(0x30 + byte / 10 % 10, 0x30 + byte % 10, to: text, &count)
        }
    }

    private static func append(
        _ first: UInt8, _ second: UInt8, to text: UnsafeMutableRawBufferPointer, _ count: inout Int
    ) {
        append(first, to: text, &count)
        append(second, to: text, &count)
    }

    private static func append(_ byte: UInt8, to text: UnsafeMutableRawBufferPointer, _ count: inout Int) {
        guard count < text.count else { return }
        text[count] = byte
        count += 1
    }
}
