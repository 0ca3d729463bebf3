/// How gRPC writes what is not ASCII into headers (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
/// The values are hostile.
enum GRPCText {
    /// `grpc-message`: percent-encoded UTF-8. What is no escape stays as it is.
    static func message(_ value: String) -> String {
        let source = Array(value.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count, let high = hex(source[index + 1]),
                let low = hex(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first value of a `-bin` header: base64, with or without padding; nil when it is none.
    static func binary(_ value: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var digits = 0
        var isPadded = false
        for byte in value.utf8.prefix(while: { $0 != UInt8(ascii: ",") }) {
            if byte == UInt8(ascii: "=") {
                isPadded = true
                continue
            }
            guard !isPadded, let digit = base64(byte) else { return nil }
            digits += 1
            bits = bits << 6 | digit
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        // A single digit left over is less than a byte.
        return digits % 4 == 1 ? nil : bytes
    }

    /// `grpc-timeout`: at most eight digits and a unit. Rounded up to what fits.
    static func timeout(nanoseconds: UInt64) -> String {
        let milliseconds = max(nanoseconds / 1_000_000, 1)
        if milliseconds <= 99_999_999 { return "\(milliseconds)m" }
        return "\(min((milliseconds + 999) / 1000, 99_999_999))S"
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func base64(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
