/// How many bytes of each kind a part of a path has, of ``PathSegment/longestWord`` and one at most.
struct ByteCensus {
    /// For each byte, what it adds to the counts: eight of eight bits each.
    private static let table: [UInt64] = (0...255).map { (byte: UInt8) in
        switch byte {
        case 0x30...0x39: 1
        case 0x61...0x66: 1 << 8 | 1 << 24
        case 0x67...0x7A: 1 << 8
        case 0x41...0x46: 1 << 16 | 1 << 24
        case 0x47...0x5A: 1 << 16
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): 1 << 32
        case UInt8(ascii: "@"): 1 << 40 | 1 << 56
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "="),
            UInt8(ascii: ":"), UInt8(ascii: "~"):
            1 << 40
        default: 1 << 48
        }
    }

    private let counts: UInt64

    init(_ bytes: Slice<UnsafeRawBufferPointer>) {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(PathSegment.longestWord + 1))
        counts = ByteCensus.table.withUnsafeBufferPointer { table in
            var counts: UInt64 = 0
            for byte in bytes { counts &+= table[Int(byte)] }
            return counts
        }
    }

    private func count(_ lane: UInt64) -> Int { Int(counts >> (lane * 8) & 0xFF) }

    var digits: Int { count(0) }
    private var lower: Int { count(1) }
    private var upper: Int { count(2) }
    /// Letters `a` to `f`.
    private var hex: Int { count(3) }
    /// `-`, `_`, `.`.
    private var separators: Int { count(4) }
    /// Other characters that a path may have as they are (RFC 3986, 3.3).
    var uncommon: Int { count(5) }
    /// What no route of anybody has: percent-encoding, control characters, braces.
    private var foreign: Int { count(6) }
    private var ats: Int { count(7) }

    /// Whether all this looks like an id rather than a word.
    ///
    /// - Parameter bytes: what was counted.
    func isIdentifier(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let letters = lower + upper
        // An address of mail; a handle (`@name`) is none.
        if foreign > 0 || (ats > 0 && bytes.first != UInt8(ascii: "@")) { return true }
        if digits == 0 {
            // A title made fit for a URL.
            return separators >= 5
        }
        // Numbers, dates, times, network addresses, versions.
        if letters == 0 || isTime(bytes) { return true }
        // `v2`, `v1.1`.
        if letters == 1, bytes[0] | 0x20 == UInt8(ascii: "v"), digits <= 3, uncommon == 0 { return false }
        // UUIDs, hashes and the like.
        if letters == hex, digits + hex >= 8, uncommon == 0 { return true }
        if digits + letters >= 5, digits >= letters || endsInNumber(bytes) { return true }
        // Base 32 and base 64, in their many kinds.
        let isMixed = lower > 0 && upper > 0 && digits >= 2
        if isMixed, bytes.count >= (separators + uncommon == 0 ? 8 : 16) { return true }
        return bytes.count >= 20 && digits >= 3 || separators >= 5
    }

    /// Whether the last four bytes are digits.
    private func endsInNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
        digits >= 4 && bytes.count >= 4 && bytes.suffix(4).allSatisfy { $0 &- 0x30 < 10 }
    }

    /// `2024-01-31T10:00:00Z` and its like.
    private func isTime(_ bytes: UnsafeRawBufferPointer) -> Bool {
        digits >= 8 && lower == 0 && upper <= 2
            && bytes.allSatisfy { byte in
                !(0x41...0x5A).contains(byte) || byte == UInt8(ascii: "T") || byte == UInt8(ascii: "Z")
            }
    }
}
