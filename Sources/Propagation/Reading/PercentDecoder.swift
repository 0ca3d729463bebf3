/// Gives bytes one after the other, with each `%` and the two hexadecimal digits behind it as the byte that they stand
/// for (RFC 3986, section 2.1).
struct PercentDecoder {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0
    /// Whether there was a `%` without two digits behind it. Nothing comes after that.
    private(set) var isBroken = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next byte; nil at the end, and at what is broken.
    mutating func next() -> UInt8? {
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        guard byte == UInt8(ascii: "%") else {
            index += 1
            return byte
        }
        guard bytes.count - index > 2, let high = bytes[index + 1].hexDigit, let low = bytes[index + 2].hexDigit else {
            isBroken = true
            index = bytes.count
            return nil
        }
        index += 3
        return high << 4 | low
    }
}
