// Values that are not text.
extension ValueScanner {
    /// A number, as its decimal digits.
    func number(_ value: UInt64, into set: inout ValueSet) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 8) { digits in
            var first = 20
            var rest = value
            repeat {
                first -= 1
                digits[first] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            words(UnsafeRawBufferPointer(rebasing: digits[first...]), .none, into: &set)
        }
    }

    /// A number with a sign, which text has as a joint: it is left out.
    func number(_ value: Int64, into set: inout ValueSet) { number(value.magnitude, into: &set) }

    /// Up to 16 bytes as their hexadecimal digits, most significant first: a UUID, or an ObjectId (BSON).
    func hexadecimal(_ bytes: UnsafeRawBufferPointer, into set: inout ValueSet) {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digits in
            let bytes = bytes.prefix(16)
            for (index, byte) in bytes.enumerated() {
                digits[2 * index] = ValueScanner.digit(byte >> 4)
                digits[2 * index + 1] = ValueScanner.digit(byte & 15)
            }
            words(UnsafeRawBufferPointer(rebasing: digits[..<(2 * bytes.count)]), .none, into: &set)
        }
    }

    /// Bytes that may be text, or else 16 of a UUID.
    func opaque(_ bytes: UnsafeRawBufferPointer, isCut: Bool = false, into set: inout ValueSet) {
        if ValueScanner.isText(bytes) {
            words(bytes, .none, isCut: isCut, into: &set)
        } else if bytes.count == 16 {
            hexadecimal(bytes, into: &set)
        }
    }

    /// A message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/): texts, and numbers of variable
    /// length. Nothing on the wire tells a message within a message from bytes: what is no text is read on as fields.
    func protobuf(_ bytes: UnsafeRawBufferPointer, into set: inout ValueSet) {
        var place = 0
        // The first byte that is in no text, from a place on that lies not behind the one looked at: found once.
        var control = -1
        while let tag = ValueScanner.variableLength(bytes, &place), tag >> 3 > 0 {
            switch tag & 7 {
            case 0:
                guard let value = ValueScanner.variableLength(bytes, &place) else { return }
                number(value, into: &set)
            case 1: place += 8
            case 5: place += 4
            case 2:
                guard let length = ValueScanner.variableLength(bytes, &place) else { return }
                let end = place + Int(clamping: min(length, UInt64(bytes.count - place)))
                if control < place { control = ValueScanner.controlByte(bytes, from: place) }
                guard control >= end else { continue }
                let isCut = UInt64(end - place) < length
                words(UnsafeRawBufferPointer(rebasing: bytes[place..<end]), .none, isCut: isCut, into: &set)
                place = end
            default: return
            }
        }
    }

    /// Whether bytes may be a text in UTF-8: no control characters but white space.
    static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool { controlByte(bytes, from: 0) == bytes.count }

    /// Where the first byte is that is in no text; at the end when there is none.
    private static func controlByte(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var place = start
        while place < bytes.count {
            let byte = bytes[place]
            if byte < 0x20 && !(0x09...0x0D).contains(byte) || byte == 0x7F || byte >= 0xF8 { return place }
            place += 1
        }
        return place
    }

    /// A number in groups of seven bits, lowest first.
    private static func variableLength(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
