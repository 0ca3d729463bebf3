import Testing

@testable import Bridge

@Suite struct GlobTests {
    @Test(arguments: [
        ("*/python3*", "/usr/bin/python3.11", true), ("*/python3*", "/usr/bin/perl", false),
        ("/usr/*/nginx", "/usr/local/sbin/nginx", true), ("shop-*", "shop-", true), ("shop-*", "a-shop-1", false),
        ("?", "a", true), ("?", "", false), ("?", "ab", false), ("?", "ü", true), ("*", "", true),
        ("**a**", "xay", true),
        ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[!a-c]x", "dx", true), ("[!a-c]x", "ax", false),
        ("[]]", "]", true), ("[a-]", "-", true), ("[\\]]", "]", true), ("\\*", "*", true), ("\\*", "a", false),
        ("a*b*c", "a1b2c", true), ("a*b*c", "a1c2b", false), ("A", "a", false), ("a", "a\n", false),
    ])
    func matches(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try #require(Glob(pattern)).matches(text) == expected)
    }

    @Test(arguments: ["", "[", "a[b", "[b-a]", "a\\", "[!", "[]", String(repeating: "a", count: 257)])
    func whatIsNoPatternIsRefused(_ text: String) { #expect(Glob(text) == nil) }

    /// With a backtracking matcher the first would not end in the lifetime of the universe.
    @Test func aHostilePatternTakesNoMoreThanItsLengthTimesTheTexts() throws {
        let pattern = try #require(Glob(String(repeating: "*a", count: 100) + "*b"))
        #expect(!pattern.matches(String(repeating: "a", count: 4096)))
        #expect(pattern.matches(String(repeating: "a", count: 4096) + "b"))
    }

    @Test func aPatternReadsBackAsItIsWritten() throws {
        let type = ConfigurationValueType<Glob>.glob
        #expect(type.format(try #require(type.parse("[!a]*\\*"))) == "[!a]*\\*")
    }
}
