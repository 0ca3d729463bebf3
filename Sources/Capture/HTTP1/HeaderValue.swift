/// Whether bytes are a word that is written in lower case here, in any case.
func equals(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where lowerCase(bytes[index]) != word.utf8Start[index] { return false }
    return true
}

/// Whether a media type, without its parameters, is a word that is written in lower case here.
func isMediaType(_ value: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    equals(trimmed(UnsafeRawBufferPointer(rebasing: value.prefix { $0 != 0x3B })), word)
}
