/// Hexadecimal digits of either case.
enum Hexadecimal {
    /// What a digit is worth; nil if it is none.
    @inline(__always)
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    /// Gives the bytes that digits say, for the time of the call; nil if there are not twice as many digits as bytes
    /// are wanted (at most 16), or others among them.
    static func decode(_ digits: UnsafeRawBufferPointer, count: Int, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard count <= 16, digits.count == count * 2 else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { target in
            for index in 0..<count {
                guard let high = value(digits[index * 2]), let low = value(digits[index * 2 + 1]) else { return false }
                target[index] = high << 4 | low
            }
            body(UnsafeRawBufferPointer(rebasing: target[..<count]))
            return true
        }
    }
}
