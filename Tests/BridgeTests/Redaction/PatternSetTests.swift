import Testing

@testable import Bridge

@Suite struct PatternSetTests {
    private func replaced(_ patterns: [RedactionPattern], in text: String) throws -> String {
        let set = try #require(try PatternSet(patterns))
        var (bytes, spare): ([UInt8], [UInt8]) = (Array(text.utf8), [1, 2, 3])
        switch set.replace(in: &bytes, spare: &spare) {
        case .unchanged: #expect(bytes == Array(text.utf8))
        case .replaced: break
        case .tooOften: #expect(bytes == Array("REDACTED".utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("\\d{4}-\\d{4}", "card 1234-5678 and 1111-2222", "card REDACTED and REDACTED"),
        ("^all$", "all", "REDACTED"), ("^all$", "not all", "not all"), ("(?i)secret", "SeCrEt", "REDACTED"),
        ("b", "abc", "aREDACTEDc"), ("\\bid\\b", "id idle id", "REDACTED idle REDACTED"),
        ("ü+", "grüüße", "grREDACTEDße"),
    ])
    func everyOccurrenceIsReplaced(_ pattern: String, _ text: String, _ expected: String) throws {
        #expect(try replaced([RedactionPattern(pattern)], in: text) == expected)
    }

    @Test func patternsFollowEachOther() throws {
        let patterns = [RedactionPattern("a+", replacement: "b"), RedactionPattern("b", replacement: "\\0$1")]
        #expect(try replaced(patterns, in: "xaay") == "x\\0$1y", "a replacement is taken as it is")
    }

    @Test func textInWhichOneOccursTooOftenIsReplacedAsAWhole() throws {
        let pattern = [RedactionPattern("x")]
        let most = PatternSet.maximumOccurrences
        #expect(try replaced(pattern, in: String(repeating: "xy", count: most)).hasSuffix("REDACTEDy"))
        #expect(try replaced(pattern, in: String(repeating: "xy", count: most + 1)) == "REDACTED")
    }

    @Test(arguments: [
        ("(a", 0), ("ab[z-a]", 3), ("a(?=b)", 1), ("\\1", 0), ("a**", 1), ("x{1001}", 1), ("\\C\\8", 2),
    ])
    func whatIsNoPatternSaysWhereItIsNone(_ text: String, _ offset: Int) {
        do throws(Pattern.Mistake) {
            _ = try Pattern(text)
            Issue.record("\(text) is a pattern")
        } catch {
            #expect(error.offset == offset && !error.message.isEmpty, "\(text): \(error)")
        }
    }

    @Test func patternThatTakesTooMuchMemoryIsNone() {
        #expect(throws: Pattern.Mistake.self) { try Pattern("((\\pL{1,60}){1,60}){1,60}") }
    }

    /// What takes a backtracking engine longer than anybody lives.
    @Test(arguments: ["(a+)+$", "(a|aa)+$", "(.*a){20}b", "(x+x+)+y"])
    func hostileTextsTakeLinearTime(_ pattern: String) throws {
        for byte in ["a", "x"] {
            _ = try replaced([RedactionPattern(pattern)], in: String(repeating: byte, count: 8191) + "!")
        }
    }

    @Test func surroundingsMatterForAssertionsAlone() throws {
        for (pattern, heeds) in [
            ("a", false), ("^a", true), ("a$", true), ("\\ba", true), ("[a-z]+", false), ("\\d", false),
        ] {
            #expect(try PatternSet([RedactionPattern(pattern)])?.heedsSurroundings == heeds, "\(pattern)")
        }
        #expect(try PatternSet([]) == nil)
    }

    /// Texts of all bytes, by chance: what comes out has no occurrence left of what went in, and nothing breaks.
    @Test func randomTextsAreMaskedWhole() throws {
        var generator = SplitMix(state: 7)
        let set = try #require(
            try PatternSet([RedactionPattern("a[^b]?a", replacement: "-"), RedactionPattern("\\xff", replacement: "")]))
        for _ in 0..<2000 {
            var text = (0..<Int(generator.next() % 64)).map { _ in
                [0x61, 0x62, 0xFF, 0xC3, 0x0A][Int(generator.next() % 5)] as UInt8
            }
            var spare: [UInt8] = []
            guard case .replaced = set.replace(in: &text, spare: &spare) else { continue }
            let again = text
            if case .replaced = set.replace(in: &text, spare: &spare) { #expect(text.count < again.count) }
        }
    }
}
