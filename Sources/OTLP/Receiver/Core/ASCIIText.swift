/// Comparing what headers say with what is written in the source.
enum ASCIIText {
    /// Whether text is a word of lower-case ASCII, in any case.
    static func isEqual(_ text: some StringProtocol, _ lowerCase: StaticString) -> Bool {
        let bytes = text.utf8
        guard bytes.count == lowerCase.utf8CodeUnitCount else { return false }
        return lowerCase.withUTF8Buffer { word in
            zip(bytes, word).allSatisfy { byte, wanted in
                byte == wanted || (0x41...0x5A).contains(byte) && byte | 0x20 == wanted
            }
        }
    }

    /// The type in a Content-Type, without its parameters (RFC 9110, section 8.3.1).
    static func mediaType(_ value: String) -> Substring {
        trimmed(value.prefix { $0 != ";" })
    }

    /// Without spaces and tabs around it.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
        return text
    }
}
