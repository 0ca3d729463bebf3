/// Reading what a file says, which may be cut off anywhere.
extension [UInt8] {
    /// A little-endian number; nil where the bytes end before it does.
    func word<Word: FixedWidthInteger>(_ offset: Int, as type: Word.Type = Word.self) -> Word? {
        guard offset >= 0, offset <= count - MemoryLayout<Word>.size else { return nil }
        return withUnsafeBytes { Word(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Word.self)) }
    }

    /// Whether a NUL-terminated text is there.
    func hasText(_ text: StaticString, at offset: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset >= 0, offset < count - length, self[offset + length] == 0 else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<length where self[offset + index] != wanted[index] { return false }
            return true
        }
    }
}
