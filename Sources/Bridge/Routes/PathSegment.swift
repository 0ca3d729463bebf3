/// What one part of a path is, as far as it says by itself.
enum PathSegment: Equatable {
    /// A word, which may be part of a route. `weight` says how much it counts among those beside it: more where it may well
    /// be an id that does not look like one.
    case word(weight: Int)
    /// An id, a date, an address of mail or anything else that there are many of.
    case identifier
    /// An id with an extension, from that index on, the dot included.
    case identifierWithExtension(Int)
    /// A file of the kind that sites have by the thousand (images, scripts, archives), with its extension.
    case file(Int)

    /// Longest word; what is longer is taken for an id.
    static let longestWord = 64
    /// What a word with digits or uncommon characters in it weighs.
    static let heavy = 4

    /// Looks at a part, which is not empty.
    ///
    /// - Parameter isLast: Whether it is the path's last, which may be a file's name.
    init(_ bytes: UnsafeRawBufferPointer, isLast: Bool) {
        if isLast, let dot = PathSegment.extension(of: bytes) {
            if FileExtension.isAsset(UnsafeRawBufferPointer(rebasing: bytes[(dot + 1)...])) {
                self = .file(dot)
                return
            }
            if PathSegment.isIdentifier(UnsafeRawBufferPointer(rebasing: bytes[..<dot])) {
                self = .identifierWithExtension(dot)
                return
            }
        }
        let census = ByteCensus(bytes.prefix(PathSegment.longestWord + 1))
        if bytes.count > PathSegment.longestWord || census.isIdentifier(bytes) {
            self = .identifier
        } else {
            self = .word(weight: census.digits > 0 || census.uncommon > 0 ? PathSegment.heavy : 1)
        }
    }

    /// Whether a word looks like an id.
    static func isIdentifier(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !bytes.isEmpty else { return false }
        return bytes.count > longestWord || ByteCensus(bytes[...]).isIdentifier(bytes)
    }

    /// The last dot, if an extension of up to five lower-case letters and digits follows, of which one is a letter.
    private static func `extension`(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard let dot = bytes.suffix(6).lastIndex(of: UInt8(ascii: ".")), dot > 0, dot + 1 < bytes.count else {
            return nil
        }
        var hasLetter = false
        for byte in bytes[(dot + 1)...] {
            switch byte {
            case 0x61...0x7A: hasLetter = true
            case 0x30...0x39: break
            default: return nil
            }
        }
        return hasLetter ? dot : nil
    }
}
