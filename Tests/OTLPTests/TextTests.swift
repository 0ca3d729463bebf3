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
}
