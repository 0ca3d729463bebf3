import Glibc

extension WirePair {
    /// Whether its key is that.
    @inline(__always)
    func isKeyed(_ name: StaticString, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard key.count == name.utf8CodeUnitCount, let start = bytes.baseAddress else { return false }
        return memcmp(start + key.lowerBound, name.utf8Start, key.count) == 0
    }

    /// Where the text is that is its value; nil if that is none.
    @inline(__always)
    func text(_ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        guard let member = WireField.last(bytes, of: value), member.number == 1, member.type == .bytes else {
            return nil
        }
        return member.value
    }

    /// Its value as a whole number, which some write as text; nil if it is none.
    func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let member = WireField.last(bytes, of: value) else { return nil }
        switch member.number {
        case 3:
            var position = member.value.lowerBound
            return WireNumber.read(.int64, bytes, &position, end: member.value.upperBound)
                .map { Int64(bitPattern: $0) }
        case 1 where member.type == .bytes: return Self.decimal(bytes, member.value)
        default: return nil
        }
    }

    /// Up to ten decimal digits.
    private static func decimal(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int64? {
        guard 1...10 ~= range.count else { return nil }
        var number: Int64 = 0
        for position in range {
            let digit = bytes[position]
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
