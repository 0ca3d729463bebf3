import Testing

@testable import OTLP

@Suite struct TextTests {
    @Test func oneByteThatIsNoTextIsFoundWhereverItStands() {
        for length in 0...40 {
            let text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
            #expect(text.withUnsafeBytes(Text.isUTF8))
            for place in 0..<length {
                var broken = text
                broken[place] = 0x80
                #expect(!broken.withUnsafeBytes(Text.isUTF8), "at \(place) of \(length)")
            }
        }
    }

    @Test func lettersBeyondASCIIAreText() {
        for text in ["é", "größe", "ö1234567", "12345678ö", "日本語", "😀"] {
            #expect(Array(text.utf8).withUnsafeBytes(Text.isUTF8))
        }
        for text in ["é", "12345678ö", "日本語", "😀"] {
            #expect(!Array(text.utf8.dropLast()).withUnsafeBytes(Text.isUTF8))
        }
    }

    /// By the rules of RFC 8259, section 7, byte by byte.
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 && $0 < 0x80 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    @Test func everyByteThatMayNotStandInJSONIsFoundWhereverItStands() {
        for length in 0...26 {
            for byte in 0...255 as ClosedRange<UInt8> {
                for place in 0..<length {
                    // Neighbours from which a subtraction may borrow.
                    for other in [UInt8(ascii: "a"), 0x20, 0x7F, UInt8(ascii: "#"), UInt8(ascii: "]")] {
                        var text = [UInt8](repeating: other, count: length)
                        text[place] = byte
                        var copy = [UInt8](repeating: 0, count: length)
                        let isPlain = text.withUnsafeBytes { text in
                            copy.withUnsafeMutableBytes { Text.copyIsPlainInJSON(text, to: $0) }
                        }
                        if isPlain != Self.isPlain(text) { Issue.record("\(byte) at \(place) of \(length)") }
                        if copy != text { Issue.record("\(length) bytes are not copied") }
                    }
                }
            }
        }
    }
}
