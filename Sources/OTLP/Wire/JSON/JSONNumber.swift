/// Numbers as JSON writes them (RFC 8259, section 6).
enum JSONNumber {
    /// A number has no more letters than this: enough for every double written out in full with its exponent.
    private static let longest = 1100

    /// How long the number is that begins here; nil if none does.
    static func length(of bytes: UnsafeRawBufferPointer) -> Int? {
        var position = 0
        func digits() -> Int {
            let start = position
            while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
            return position &- start
        }
        func take(_ byte: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position &+= 1
            return true
        }
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard digits() > 0 else { return nil } }
        if take(UInt8(ascii: ".")) { guard digits() > 0 else { return nil } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            guard digits() > 0 else { return nil }
        }
        return position <= longest ? position : nil
    }

    /// An integer, which may be written with a fraction or an exponent as long as it is whole; nil if it is none or out
    /// of range.
    static func integer<T: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, as type: T.Type) -> T? {
        guard length(of: bytes) == bytes.count, let first = bytes.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        var value: T = 0
        for index in (isNegative ? 1 : 0)..<bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return T(exactly: text(bytes) ?? .nan) }
            let (shifted, isOver) = value.multipliedReportingOverflow(by: 10)
            let (next, isBeyond) =
                isNegative
                ? shifted.subtractingReportingOverflow(T(digit)) : shifted.addingReportingOverflow(T(digit))
            guard !isOver, !isBeyond else { return nil }
            value = next
        }
        return value
    }

    /// A double; nil if it is none or too large for one.
    static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        guard length(of: bytes) == bytes.count, let value = text(bytes), value.isFinite else { return nil }
        return value
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> Double? {
        Double(String(decoding: bytes, as: UTF8.self))
    }
}
