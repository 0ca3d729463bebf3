/// A hash of text as it is compared, not as it is kept: FNV-1a, 64 bits; never 0. Not meant to withstand somebody who
/// looks for collisions: those cost a wrong guess.
struct TextHash {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of nothing yet.
    init() {}

    /// Takes in text, and that it ends here.
    mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }

    /// Takes in a number.
    mutating func absorb(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { absorb($0) } }

    /// What was taken in.
    var value: UInt64 { hash == 0 ? 1 : hash }

    /// The hash of one text.
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = TextHash()
        hash.absorb(bytes)
        return hash.value
    }
}
