/// What the parsers share: reading bytes as they came from a peer, without allocating.
extension UnsafeRawBufferPointer {
    /// The same bytes without the spaces and tabs around them: what HTTP calls optional white space (RFC 9110, 5.6.3).
    var trimmed: UnsafeRawBufferPointer {
        var start = 0
        var end = count
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    /// A run of these bytes, which must lie within them.
    func part(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<start + count])
    }

    /// The number that 1 to 16 lower-case hexadecimal digits make; nil when anything else is among them.
    func lowerHex(at start: Int, digits: Int) -> UInt64? {
        var number: UInt64 = 0
        for index in start..<start + digits {
            let byte = self[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(byte &- UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(byte &- UInt8(ascii: "a") &+ 10)
            default: return nil
            }
        }
        return number
    }

    /// The number that 1 to 16 hexadecimal digits make, in either case and mixed; nil when anything else is among them.
    func hex(at start: Int, digits: Int) -> UInt64? {
        var number: UInt64 = 0
        for index in start..<start + digits {
            guard let digit = self[index].hexDigit else { return nil }
            number = number << 4 | UInt64(digit)
        }
        return number
    }

    /// The number that all of these bytes spell: 1 to 20 decimal digits, leading zeros among them, no sign; nil when it is
    /// beyond 64 bits.
    func decimal() -> UInt64? {
        guard 1...20 ~= count else { return nil }
        var number: UInt64 = 0
        for byte in self {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeToo) = tens.addingReportingOverflow(UInt64(digit))
            if isTooLarge || isTooLargeToo { return nil }
            number = sum
        }
        return number
    }

    /// Whether these bytes spell a lower-case ASCII name, in any case.
    func equalsIgnoringCase(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        for index in 0..<count {
            if self[index].lowerCased != name.utf8Start[index] { return false }
        }
        return true
    }
}

extension UInt8 {
    /// What it counts as a hexadecimal digit, in either case; nil when it is none.
    var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    /// The same letter in lower case; what is no ASCII letter as it is.
    var lowerCased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

    /// Space or tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
