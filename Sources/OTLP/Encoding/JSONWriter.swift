internal import Glibc

/// Writes the pieces of JSON into a buffer, byte by byte: no values, no strings in between. Where commas go is the
/// caller's to say.
struct JSONWriter {
    /// What it writes into.
    let buffer: ByteBuffer

    /// Punctuation and keys that are written in the source, as they are.
    @inline(__always)
    func raw(_ text: StaticString) { buffer.append(text) }

    /// A string, quoted and escaped (RFC 8259, section 7); what is not UTF-8 is replaced.
    func string(_ bytes: UnsafeRawBufferPointer) {
        let room = buffer.reserve(bytes.count + 2)
        // Every byte stands for itself in nearly all of them.
        guard Text.copyIsPlainInJSON(bytes, to: UnsafeMutableRawBufferPointer(rebasing: room[1...])) else {
            return escaped(bytes)
        }
        room[0] = UInt8(ascii: "\"")
        room[bytes.count + 1] = UInt8(ascii: "\"")
        buffer.advance(by: bytes.count + 2)
    }

    @inline(never)
    private func escaped(_ bytes: UnsafeRawBufferPointer) {
        buffer.append(UInt8(ascii: "\""))
        Text.withValidUTF8(bytes) { escape($0) }
        buffer.append(UInt8(ascii: "\""))
    }

    /// A string that is written in the source, with nothing in it that must be escaped.
    @inline(__always)
    func string(_ text: StaticString) {
        assert(isPlain(text), "\(text) would have to be escaped")
        let count = text.utf8CodeUnitCount
        let room = buffer.reserve(count + 2)
        room[0] = UInt8(ascii: "\"")
        memcpy(room.baseAddress! + 1, text.utf8Start, count)
        room[count + 1] = UInt8(ascii: "\"")
        buffer.advance(by: count + 2)
    }

    private func isPlain(_ text: StaticString) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: text.utf8CodeUnitCount, alignment: 1) { room in
            text.withUTF8Buffer { Text.copyIsPlainInJSON(UnsafeRawBufferPointer($0), to: room) }
        }
    }

    /// A string.
    func string(_ text: String) {
        var text = text
        text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    /// An id: 16 lower-case hexadecimal digits, as OTLP/JSON has them in place of base64.
    func hex(_ value: UInt64) {
        HexadecimalDigits.write(value, to: buffer.reserve(16))
        buffer.advance(by: 16)
    }

    /// Bytes in lower-case hexadecimal, quoted.
    func hex(_ bytes: UnsafeRawBufferPointer) {
        buffer.append(UInt8(ascii: "\""))
        for byte in bytes {
            buffer.append(Self.digit(byte >> 4))
            buffer.append(Self.digit(byte & 0xF))
        }
        buffer.append(UInt8(ascii: "\""))
    }

    /// Bytes in base64, quoted.
    func base64(_ bytes: UnsafeRawBufferPointer) {
        buffer.append(UInt8(ascii: "\""))
        Base64.encode(bytes) { buffer.append($0) }
        buffer.append(UInt8(ascii: "\""))
    }

    /// Decimal digits.
    func decimal(_ value: UInt64) {
        let most = 20
        let room = buffer.reserve(most)
        var (start, rest) = (most, value)
        // Two digits for each division: times have 19 of them.
        while rest >= 100 {
            let pair = UInt8(truncatingIfNeeded: rest % 100)
            rest /= 100
            room[start - 1] = UInt8(ascii: "0") + pair % 10
            room[start - 2] = UInt8(ascii: "0") + pair / 10
            start -= 2
        }
        repeat {
            start -= 1
            room[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        memmove(room.baseAddress!, room.baseAddress! + start, most - start)
        buffer.advance(by: most - start)
    }

    /// Decimal digits with a sign where it is needed.
    func decimal(_ value: Int64) {
        if value < 0 { buffer.append(UInt8(ascii: "-")) }
        decimal(value.magnitude)
    }

    /// A number, or for those that JSON has none for the strings that protobuf's JSON mapping has.
    func double(_ value: Double) {
        if value.isNaN {
            raw("\"NaN\"")
        } else if value.isInfinite {
            value < 0 ? raw("\"-Infinity\"") : raw("\"Infinity\"")
        } else if value.magnitude < 1e15, value != 0 || value.sign == .plus, let whole = Int64(exactly: value) {
            // As its description is, which takes far longer: most are 0 or 1.
            decimal(whole)
            raw(".0")
        } else {
            var text = value.description
            text.withUTF8 { buffer.append(UnsafeRawBufferPointer($0)) }
        }
    }

    private func escape(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            start = index + 1
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case UInt8(ascii: "\n"): raw("\\n")
            case UInt8(ascii: "\r"): raw("\\r")
            case UInt8(ascii: "\t"): raw("\\t")
            default:
                raw("\\u00")
                buffer.append(Self.digit(byte >> 4))
                buffer.append(Self.digit(byte & 0xF))
            }
        }
        buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
