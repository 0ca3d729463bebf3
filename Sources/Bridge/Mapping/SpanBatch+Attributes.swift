internal import Capture
internal import OTLP

extension SpanBatch {
    /// Adds a text attribute with the bytes given; nothing when there are none.
    mutating func append(_ key: StaticString, bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        let range = append(bytes: bytes)
        append(Attribute(key: .known(key), value: .string(range)))
    }

    /// Adds a text attribute that is written in the source.
    mutating func append(_ key: StaticString, text: StaticString) {
        append(Attribute(key: .known(key), value: .text(text)))
    }

    /// Adds a number.
    mutating func append(_ key: StaticString, int: Int64) {
        append(Attribute(key: .known(key), value: .int(int)))
    }

    /// Adds an exchange's id as 32 hexadecimal digits.
    mutating func append(_ key: StaticString, hexadecimal id: ExchangeID) {
        let range = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digits in
            for index in 0..<32 {
                let word = index < 16 ? id.high : id.low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16))) & 0xF
                digits[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return append(bytes: UnsafeRawBufferPointer(digits))
        }
        append(Attribute(key: .known(key), value: .string(range)))
    }

    /// Adds a decimal number as text.
    mutating func append(_ key: StaticString, decimal number: UInt32) {
        let range = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { digits in
            var rest = number
            var first = 10
            repeat {
                first -= 1
                digits[first] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            return append(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[first..<10]))
        }
        append(Attribute(key: .known(key), value: .string(range)))
    }
}
