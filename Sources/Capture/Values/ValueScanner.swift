/// Finds the values in requests by which the calls made on their behalf may be known, and hashes them.
///
/// A value is taken apart into words: runs of letters, digits and `-_.@`, joints at the ends left out; what is encoded (by
/// percent signs, or with backslashes) is decoded first. So one value gives the same words in a path, in JSON, in a literal
/// of SQL and in a part of a key of Redis. A word counts if it is a number of two digits or more, or has a digit and three
/// bytes, or has four. A UUID is one word, the same without its hyphens; of any other word with joints, the last part counts
/// as well if it has a digit (`cart-1234`, `1234`).
///
/// Pure: bytes in, hashes out, nothing allocated, in time proportional to the bytes. Every byte is hostile.
final class ValueScanner: Sendable {
    /// How bytes may be written that would mean something else, or could not be written as they are.
    enum Escape: UInt8 {
        /// As they are.
        case none = 0
        /// `%2D` (RFC 3986, 2.1).
        case percent = 0x25
        /// `\u002d`, `\n` (RFC 8259, 7; and what SQL has of it).
        case backslash = 0x5C
    }

    /// Longest word of which a byte is encoded; longer ones are left out.
    private static let longestDecoded = 256

    /// Whether values are looked for at all.
    let isOn: Bool
    /// Whose values are left out.
    let ignored: ValueNames
    /// Headers whose values are left out.
    let headers: ValueNames
    /// What hashes are salted with.
    let seed: UInt64

    /// A scanner. Hashes of two scanners mean nothing to each other unless they have one seed.
    init(_ selection: ValueSelection, seed: UInt64 = .random(in: .min ... .max)) {
        isOn = selection.isOn
        ignored = ValueNames(selection.ignored)
        headers = ValueNames(selection.ignored, and: ValueNames.constantHeaders)
        self.seed = seed
    }

    /// The words of a text.
    ///
    /// - Parameter isCut: whether more bytes follow that are not at hand, so that the last word may not be whole.
    func words(_ bytes: UnsafeRawBufferPointer, _ escape: Escape, isCut: Bool = false, into set: inout ValueSet) {
        var place = 0
        let count = bytes.count
        while place < count {
            let start = place
            var kinds: UInt8 = 0
            var digits = 0
            while place < count {
                let kind = ByteKind.of(bytes[place])
                guard kind != 0 else { break }
                kinds |= kind
                digits &+= Int(kind & ByteKind.digit)
                place &+= 1
            }
            if place < count, bytes[place] == escape.rawValue, escape != .none {
                let decoded = ValueScanner.decode(bytes, at: place, escape)
                if decoded.isInWord {
                    place = decodedWord(bytes, from: start, escape, isCut: isCut, into: &set)
                    continue
                }
                if place > start {
                    word(UnsafeRawBufferPointer(rebasing: bytes[start..<place]), kinds, digits, into: &set)
                }
                place &+= decoded.length
                continue
            }
            if place > start, place < count || !isCut {
                word(UnsafeRawBufferPointer(rebasing: bytes[start..<place]), kinds, digits, into: &set)
            }
            place &+= 1
        }
    }

    /// A word, with what kinds of bytes it has and how many digits.
    @inline(__always)
    private func word(_ bytes: UnsafeRawBufferPointer, _ kinds: UInt8, _ digits: Int, into set: inout ValueSet) {
        guard digits > 1 || bytes.count > 2 else { return }
        if kinds & ByteKind.joint != 0 { return joined(bytes, digits, into: &set) }
        plain(bytes, digits, into: &set)
    }

    /// A word without joints.
    @inline(__always)
    private func plain(_ bytes: UnsafeRawBufferPointer, _ digits: Int, into set: inout ValueSet) {
        guard ValueScanner.counts(bytes.count, digits) else { return }
        if ignored.hasBeginnings, ignored.begins(bytes) { return }
        set.insert(ValueHash(bytes, digits: digits, seed: seed))
    }

    /// Whether a word of so many bytes counts.
    @inline(__always)
    private static func counts(_ count: Int, _ digits: Int) -> Bool {
        digits == count ? count >= 2 : count >= (digits > 0 ? 3 : 4)
    }

    /// A word with joints.
    private func joined(_ bytes: UnsafeRawBufferPointer, _ digits: Int, into set: inout ValueSet) {
        var (start, end) = (0, bytes.count)
        while start < end, ByteKind.of(bytes[start]) == ByteKind.joint { start += 1 }
        while end > start, ByteKind.of(bytes[end - 1]) == ByteKind.joint { end -= 1 }
        let word = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard word.count >= (digits > 0 ? 3 : 4) || digits == word.count && digits >= 2 else { return }
        if ignored.hasBeginnings, ignored.hasPart(of: word) { return }
        if word.count == 36, uuid(word, into: &set) { return }
        set.insert(ValueHash(word, digits: digits, seed: seed))
        guard digits > 0 else { return }
        var last = word.count
        var lastDigits = 0
        while last > 0 {
            let kind = ByteKind.of(word[last - 1])
            if kind == ByteKind.joint { break }
            lastDigits += Int(kind & ByteKind.digit)
            last -= 1
        }
        guard last > 0, lastDigits > 0, ValueScanner.counts(word.count - last, lastDigits) else { return }
        set.insert(ValueHash(UnsafeRawBufferPointer(rebasing: word[last...]), digits: lastDigits, seed: seed))
    }

    /// A UUID (RFC 9562, 4), hashed as its 32 digits.
    private func uuid(_ word: UnsafeRawBufferPointer, into set: inout ValueSet) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard word[8] == hyphen, word[13] == hyphen, word[18] == hyphen, word[23] == hyphen else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digits in
            var count = 0
            var decimal = 0
            for byte in word where byte != hyphen {
                let kind = ByteKind.of(byte)
                guard count < 32, kind == ByteKind.digit || (lowerCase(byte) &- 0x61) < 6 else { return false }
                decimal += Int(kind & ByteKind.digit)
                digits[count] = byte
                count += 1
            }
            guard count == 32 else { return false }
            set.insert(ValueHash(UnsafeRawBufferPointer(digits), digits: decimal, seed: seed))
            return true
        }
    }

    /// A word in which bytes are encoded.
    ///
    /// - Returns: where what follows it begins.
    @inline(never)
    private func decodedWord(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ escape: Escape, isCut: Bool, into set: inout ValueSet
    ) -> Int {
        withUnsafeTemporaryAllocation(byteCount: ValueScanner.longestDecoded, alignment: 8) { buffer in
            var place = start
            var count = 0
            var kinds: UInt8 = 0
            var digits = 0
            while place < bytes.count {
                let decoded =
                    bytes[place] == escape.rawValue
                    ? ValueScanner.decode(bytes, at: place, escape) : Decoded(byte: bytes[place])
                guard decoded.isInWord else { break }
                place += decoded.length
                for index in 0..<decoded.count {
                    let byte = UInt8(truncatingIfNeeded: decoded.bytes >> UInt32(8 * index))
                    let kind = ByteKind.of(byte)
                    kinds |= kind
                    digits += Int(kind & ByteKind.digit)
                    if count < buffer.count { buffer[count] = byte }
                    count += 1
                }
            }
            if count <= buffer.count, place < bytes.count || !isCut {
                word(UnsafeRawBufferPointer(rebasing: buffer[..<count]), kinds, digits, into: &set)
            }
            return place
        }
    }
}
