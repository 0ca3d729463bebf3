import Propagation
import Testing

private let trace = "0af7651916cd43dd8448eb211c80319c"
private let span = "b7ad6b7169203331"
private let expected = TraceContext(
    traceHigh: 0x0af7_6519_16cd_43dd, traceLow: 0x8448_eb21_1c80_319c, spanID: 0xb7ad_6b71_6920_3331, flags: 1)

@Suite struct TraceparentTests {
    @Test(arguments: [
        "00-\(trace)-\(span)-01",
        " 00-\(trace)-\(span)-01",
        "00-\(trace)-\(span)-01\t",
        "\t  00-\(trace)-\(span)-01 \t ",
        "01-\(trace)-\(span)-01",
        "01-\(trace)-\(span)-01-",
        "cc-\(trace)-\(span)-01-what-the-future-will-be-like",
        "cc-\(trace)-\(span)-01-.UPPER !",
        "fe-\(trace)-\(span)-01",
    ])
    func validFormsGiveTheContext(_ text: String) {
        #expect(parse(text) == expected)
    }

    @Test(arguments: [
        "", " ", "-", "00", "garbage", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-1",
        "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-what", "00-\(trace)-\(span)-01.", "00-\(trace)-\(span)-011",
        "00-\(trace)-\(span)-01 x", "01-\(trace)-\(span)-01.", "cc-\(trace)-\(span)-011", "cc-\(trace)-\(span)-01 -x",
        "ff-\(trace)-\(span)-01", "ff-\(trace)-\(span)-01-more", "FF-\(trace)-\(span)-01", "0-\(trace)-\(span)-01",
        "000-\(trace)-\(span)-01", ".0-\(trace)-\(span)-01", "0.-\(trace)-\(span)-01", "0x-\(trace)-\(span)-01",
        "CC-\(trace)-\(span)-01",
        "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
        "00-\(trace.uppercased())-\(span)-01", "00-\(trace)-\(span.uppercased())-01", "00-\(trace)-\(span)-0A",
        "00-\(trace.dropLast())-\(span)-01", "00-\(trace)0-\(span)-01", "00-\(trace)-\(span.dropLast())-01",
        "00-\(trace)-\(span)0-01", "00-.\(trace.dropFirst())-\(span)-01", "00-\(trace.dropLast()).-\(span)-01",
        "00-\(trace)-.\(span.dropFirst())-01", "00-\(trace)-\(span.dropLast()).-01", "00-\(trace)-\(span)-.0",
        "00-\(trace)-\(span)-0.", "00-\(trace)-\(span)-0x", "00_\(trace)-\(span)-01", "00-\(trace)_\(span)-01",
        "00-\(trace)-\(span)_01", "00-\(trace)-\(span)--1", "00-\(trace)-\(span)-01,00-\(trace)-\(span)-01",
        "00-\(trace)-\(span)-01\n", "\n00-\(trace)-\(span)-01", "00-\(trace)-\(span)-01\u{0}",
        "00 -\(trace)-\(span)-01",
    ])
    func invalidFormsGiveNothing(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test func flagsAreCarriedAsTheyCame() {
        for flags in 0...255 {
            let digits = String(flags, radix: 16)
            let context = parse("00-\(trace)-\(span)-\(flags < 16 ? "0" : "")\(digits)")
            #expect(context?.flags == UInt8(flags))
            #expect(context?.isSampled == (flags % 2 == 1))
        }
    }

    @Test func halfZeroTraceIsValid() {
        #expect(parse("00-0000000000000000000000000000000a-\(span)-00")?.traceLow == 10)
        #expect(parse("00-a0000000000000000000000000000000-\(span)-00")?.traceLow == 0)
    }

    /// Every single changed byte of a version 00 header either gives exactly the header's other context or nothing.
    @Test func everySubstitutionIsReadAsWritten() {
        let valid = Array("00-\(trace)-\(span)-01".utf8)
        for index in valid.indices {
            for byte in UInt8.min...UInt8.max where byte != valid[index] {
                var changed = valid
                changed[index] = byte
                guard let context = parse(changed) else { continue }
                #expect(index != 2 && index != 35 && index != 52)
                #expect("0123456789abcdef".utf8.contains(byte))
                #expect(context != expected || index < 2)
            }
        }
    }

    @Test func mutationsNeverBreakTheRules() {
        var random = SeededGenerator(seed: 1)
        let seeds = ["00-\(trace)-\(span)-01", "cc-\(trace)-\(span)-01-x", " 01-\(trace)-\(span)-00 "].map {
            Array($0.utf8)
        }
        var accepted = 0
        for _ in 0..<50_000 {
            var bytes = seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.insert(.random(in: .min ... .max, using: &random), at: index)
                case 1 where index < bytes.count: bytes.remove(at: index)
                default: bytes = Array(bytes.prefix(index)) + "0-af".utf8.prefix(bytes.count - index)
                }
            }
            guard let context = parse(bytes) else { continue }
            accepted += 1
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(context.traceHigh | context.traceLow != 0 && context.spanID != 0)
            let high = String(context.traceHigh, radix: 16)
            #expect(text.contains(high))
            #expect(text.contains(String(context.spanID, radix: 16)))
        }
        #expect(accepted > 5_000)
    }
}
