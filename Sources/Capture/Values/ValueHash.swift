/// The salted hash of a value: 60 bits of hash above 4 bits of ``rarity``, which is a function of the value as well, so that
/// equal values have equal hashes. Never 0.
public struct ValueHash: Hashable, Sendable {
    /// As it stands in ``FieldKey/values``.
    public let bits: UInt64

    /// A hash from a field.
    public init(bits: UInt64) { self.bits = bits }

    /// How unlikely it is that two values of this look are equal by chance, in steps of 4 bits: 0 of two letters, 2 of a number
    /// with three digits, 15 of a UUID. An estimate from above by length and alphabet alone.
    public var rarity: UInt64 { bits & 15 }

    /// The hash of a word's bytes, in which case means nothing.
    ///
    /// - Parameter digits: how many of the bytes are digits.
    @inline(__always)
    init(_ word: UnsafeRawBufferPointer, digits: Int, seed: UInt64) {
        self.init(hash: ValueHash.folded(word, seed: seed), count: word.count, digits: digits)
    }

    private init(hash: UInt64, count: Int, digits: Int) {
        let letters = count - digits
        // Letters among many digits are those of a code; else they are those of a language, which has fewer to choose from.
        let perLetter = 3 * digits >= letters ? 4 * 16 : 24
        let information = (digits * 53 + letters * perLetter) / 64
        bits = max(hash & ~15 | UInt64(min(information, 15)), 16)
    }

    /// A hash of bytes in which case means nothing. Eight bytes at a time: xor, multiply, turn (the scheme of FxHash), then SplitMix64's finaliser. It need not withstand
    /// somebody who looks for collisions: who wants two values to be equal can send equal ones.
    @inline(__always)
    static func folded(_ word: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        var hash = seed ^ UInt64(truncatingIfNeeded: word.count)
        var offset = 0
        while offset + 8 <= word.count {
            absorb(word.loadUnaligned(fromByteOffset: offset, as: UInt64.self), into: &hash)
            offset += 8
        }
        if offset < word.count {
            var rest: UInt64 = 0
            while offset < word.count {
                rest = rest << 8 | UInt64(word[offset])
                offset += 1
            }
            absorb(rest, into: &hash)
        }
        return Mixer.mix(hash)
    }

    @inline(__always)
    private static func absorb(_ bytes: UInt64, into hash: inout UInt64) {
        // The bit that letters differ in by their case; none of the bytes that words have become equal by it otherwise.
        hash = (hash ^ (bytes | 0x2020_2020_2020_2020)) &* 0x517C_C1B7_2722_0A95
        hash = hash << 26 | hash >> 38
    }
}
