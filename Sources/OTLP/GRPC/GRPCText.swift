/// How gRPC writes what is not ASCII into headers (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
/// The values are hostile.
enum GRPCText {
    /// `Percent-Encoded` of gRPC over HTTP/2: printable ASCII but for `%`, the rest as `%XX`.
    static func percentEncoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), hexadecimal(byte >> 4), hexadecimal(byte & 0xF)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

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
        let first = Array(value.utf8.prefix { $0 != UInt8(ascii: ",") })
        return first.withUnsafeBytes { Base64.decode($0) { bytes.append($0) } } ? bytes : nil
    }

    /// A value of a `-bin` header, without padding.
    static func base64(_ bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        bytes.withUnsafeBytes { Base64.encode($0) { letters.append($0) } }
        return String(decoding: letters.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
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

    private static func hexadecimal(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
