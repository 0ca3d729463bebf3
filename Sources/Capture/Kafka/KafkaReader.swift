/// Reads the values of a Kafka message from its front (https://kafka.apache.org/protocol#protocol_types): numbers are
/// big-endian, lengths may be null. Past the end everything is zero or empty, and ``isExhausted`` says so, so that
/// what was cut is read as far as it goes.
struct KafkaReader {
    /// What has not been read.
    private(set) var rest: UnsafeRawBufferPointer
    /// Whether something was asked for that is not there.
    private(set) var isExhausted = false

    /// A reader of bytes.
    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    /// The size that a message begins with.
    static func size(of message: UnsafeRawBufferPointer) -> Int32 {
        var reader = KafkaReader(message)
        return reader.integer()
    }

    /// So many bytes, or none at all.
    mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= rest.count else {
            exhaust()
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let taken = UnsafeRawBufferPointer(rebasing: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return taken
    }

    /// As many of the bytes as are there.
    mutating func prefix(_ count: Int) -> UnsafeRawBufferPointer {
        guard count > rest.count else { return take(count) }
        let taken = rest
        exhaust()
        return taken
    }

    /// A number of fixed size.
    @inline(__always)
    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
        let bytes = take(MemoryLayout<Number>.size)
        return bytes.isEmpty ? 0 : Number(bigEndian: bytes.loadUnaligned(as: Number.self))
    }

    /// A number of 7 bits a byte, the lowest first (UNSIGNED_VARINT, at most 64 bits).
    mutating func unsigned() -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70 {
            guard let byte = rest.first else { break }
            rest = UnsafeRawBufferPointer(rebasing: rest[1...])
            if shift < 64 { number |= UInt64(byte & 0x7F) << shift }
            if byte & 0x80 == 0 { return number }
            shift += 7
        }
        exhaust()
        return 0
    }

    /// A number of either sign in zig-zag form (VARINT, VARLONG).
    mutating func signed() -> Int64 {
        let number = unsigned()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    /// A length; nil for null.
    ///
    /// - Parameters:
    ///   - isCompact: whether it is in the form of flexible versions, one more than the length.
    ///   - isShort: whether it is of 16 bits where it is not compact, as a string's is.
    mutating func length(isCompact: Bool, isShort: Bool) -> Int? {
        if isCompact {
            let length = unsigned()
            return length == 0 ? nil : Int(clamping: length - 1)
        }
        let length = isShort ? Int(integer(Int16.self)) : Int(integer(Int32.self))
        return length < 0 ? nil : length
    }

    /// A text or bytes behind their length; empty for null.
    mutating func text(isCompact: Bool, isShort: Bool) -> UnsafeRawBufferPointer {
        guard let count = length(isCompact: isCompact, isShort: isShort) else { return take(0) }
        return take(count)
    }

    /// Passes over the tagged fields that end every structure of a flexible version (KIP-482).
    mutating func skipTags() {
        var count = unsigned()
        while count > 0, !isExhausted {
            count -= 1
            _ = unsigned()
            _ = take(Int(clamping: unsigned()))
        }
    }

    private mutating func exhaust() {
        isExhausted = true
        rest = UnsafeRawBufferPointer(rebasing: rest[rest.count...])
    }
}
