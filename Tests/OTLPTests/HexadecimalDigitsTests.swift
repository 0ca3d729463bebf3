import Testing

@testable import OTLP

@Suite struct HexadecimalDigitsTests {
    private static func text(_ number: UInt64) -> String {
        var digits = [UInt8](repeating: 0, count: 16)
        digits.withUnsafeMutableBytes { HexadecimalDigits.write(number, to: $0) }
        return String(decoding: digits, as: UTF8.self)
    }

    @Test func everyDigitIsWrittenInEveryPlace() {
        for digit in 0..<16 as Range<UInt64> {
            for place in 0..<16 as Range<UInt64> {
                let number = digit << (4 * place)
                let plain = String(number, radix: 16)
                #expect(Self.text(number) == String(repeating: "0", count: 16 - plain.count) + plain)
            }
        }
        #expect(Self.text(0x0123_4567_89AB_CDEF) == "0123456789abcdef")
        #expect(Self.text(.max) == "ffffffffffffffff")
    }
}
