/// A hash of what an HTTP request asks for, by which a span and an exchange can be seen to be about the same: its method
/// and its path without the query. FNV-1a, 64 bits; never 0.
public struct RequestSignature: Sendable {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// A signature of a request with such a method.
    public init(method: UnsafeRawBufferPointer) {
        absorb(method)
        absorb(byte: 0x20)
    }

    /// The signature with the path of the request's target, which may have a query behind it.
    public consuming func with(path: UnsafeRawBufferPointer) -> UInt64 {
        for byte in path {
            if byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { break }
            absorb(byte: byte)
        }
        return hash == 0 ? 1 : hash
    }

    private mutating func absorb(_ bytes: UnsafeRawBufferPointer) { for byte in bytes { absorb(byte: byte) } }

    private mutating func absorb(byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
