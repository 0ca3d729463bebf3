/// Base64 (RFC 4648), as protobuf's JSON mapping has bytes.
enum Base64 {
    /// Appends what letters of the standard or the URL-safe alphabet say, padded or not; false if they are wrong.
    static func decode(_ letters: UnsafeRawBufferPointer, into target: (UInt8) -> Void) -> Bool {
        var count = letters.count
        if count > 0, count % 4 == 0, letters[count - 1] == UInt8(ascii: "=") {
            count -= letters[count - 2] == UInt8(ascii: "=") ? 2 : 1
        }
        guard count % 4 != 1 else { return false }
        var bits: UInt32 = 0
        var held = 0
        for index in 0..<count {
            guard let value = value(letters[index]) else { return false }
            bits = (bits & 0xFFFF) << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                target(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        return true
    }

    private static func value(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter &- UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter &- UInt8(ascii: "a") &+ 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter &- UInt8(ascii: "0") &+ 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// Gives the letters of bytes in the standard alphabet, padded.
    static func encode(_ bytes: UnsafeRawBufferPointer, _ append: (UInt8) -> Void) {
        var index = 0
        while index < bytes.count {
            let left = min(bytes.count - index, 3)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < left ? UInt32(bytes[index + offset]) : 0) }
            for place in 0..<4 {
                append(place <= left ? letter(UInt8(truncatingIfNeeded: group >> UInt32(18 - place * 6)) & 0x3F) : 0x3D)
            }
            index += 3
        }
    }

    private static func letter(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
