import Testing

@testable import Bridge

@Suite struct TextPatternTests {
    @Test(arguments: [
        ("gold", "gold", true), ("gold", "golden", false), ("gold*", "golden", true), ("*", "", true), ("", "", true),
        ("", "a", false), ("?", "", false), ("?", "a", true), ("a?c", "abc", true), ("*b*c", "abbbc", true),
        ("*b*c", "abbbd", false), ("a*b*c", "abc", true), ("**", "x", true), ("a*", "ba", false),
    ])
    func starsAndQuestionMarksStandForOthers(_ pattern: String, _ text: String, _ isMatch: Bool) {
        #expect(TextPattern(pattern).matches(text) == isMatch)
    }

    @Test func hostileTextsTakeBoundedSteps() {
        #expect(!TextPattern(String(repeating: "a*", count: 50) + "b").matches(String(repeating: "a", count: 10_000)))
    }
}
