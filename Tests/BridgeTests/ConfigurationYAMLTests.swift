import Testing

@testable import Bridge

@Suite struct ConfigurationYAMLTests {
    typealias Support = ConfigurationTestSupport

    @Test func mergeKeysAreReadAndOwnKeysWin() throws {
        let root = try YAMLDocument.parse(
            """
            a: &a {x: 1, y: 2}
            b: &b {y: 3, z: 4}
            c: {<<: [*a, *b], x: 9}
            d: {"<<": text}
            """)
        let texts = ["x", "y", "z"].map { key in root["c", key].map(YAMLWriter.flow) }
        #expect(texts == ["9", "2", "4"])
        #expect(root["d"]?.entries?.map(\.key) == ["<<"])
    }

    @Test func nullIsTheDefaultAndAQuotedNullIsText() throws {
        let root = try YAMLDocument.parse("a: null\nb: ~\nc:\nd: \"null\"")
        for key in ["a", "b", "c"] {
            guard case .empty = root[key]?.value else {
                Issue.record("\(key) is not empty")
                continue
            }
        }
        guard case .scalar("null") = root["d"]?.value else {
            Issue.record("d is no text")
            return
        }
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "~"]) func anEmptyFileIsAnError(_ text: String) {
        #expect(Support.errors(text) == ["test.yaml: it is empty"])
    }

    @Test func deepNestingIsRefusedNotFatal() {
        for depth in [100, 900, 100_000] {
            #expect(Support.errors(String(repeating: "[", count: depth)).count == 1)
            let closed = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(Support.errors(closed).count == 1)
            #expect(Support.errors(String(repeating: "{a: ", count: depth)).count == 1)
            #expect(Support.errors(String(repeating: "- ", count: depth)).count == 1)
        }
    }

    @Test func aliasBombsAreRefusedWhereverTheyAre() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let expected = ["test.yaml: its aliases unfold to more than is allowed"]
        #expect(Support.errors(text) == expected)
        #expect(Support.errors(text + "? *a40\n: key\n") == expected)
        #expect(Support.errors(text.replacing(", ", with: ",")) == expected)
    }

    @Test func ordinaryAliasesAreAllowed() {
        var text = ""
        for index in 0..<10 { text += "a\(index): &a\(index) {x: 1}\nb\(index): *a\(index)\n" }
        #expect(!AliasBudget.isExceeded(by: text))
        #expect(!AliasBudget.isExceeded(by: String(repeating: "key: value\n", count: 300_000)))
    }

    @Test func tooManyValuesAreRefused() {
        let text = "a: [" + String(repeating: "x,", count: 200_000) + "x]"
        #expect(Support.errors(text) == ["test.yaml: line 1: it has too many values"])
    }

    @Test(arguments: ["\u{0}", "a: \"\\ud800\"", "a: b\n\tc: d", "%", "a: !!binary [", "? [a]: b\n: c", "&", "*", "!<"])
    func brokenTextsAreErrorsNeverTraps(_ text: String) {
        #expect(!Support.errors(text).isEmpty)
    }

    @Test(arguments: ["secure", "disk-queue"]) func everyTruncationOfAnExampleIsAnswered(_ name: String) throws {
        let text = try Support.text("config/\(name).yaml")
        for end in text.indices { _ = Support.errors(String(text[..<end])) }
        for end in text.indices { _ = Support.errors(String(text[end...])) }
    }

    @Test(
        arguments: [
            "plain", "", "null", "a: b", "quote \" and \\", "dollar $x ${env:Y} $$", "line\nend\ttab", "\u{1}\u{85}",
            "- x", "#c", "ü€😀", "true", "[a]", "8MiB", "http://a:1/b?c=d#e", " lead", "trail ",
        ]) func whatIsWrittenReadsBackAsTheSame(_ text: String) throws
    {
        let node = ConfigurationNode(
            .mapping([.init(key: "k", origin: .builtIn, value: ConfigurationNode(.scalar(text), .builtIn))]), .builtIn)
        var root = try YAMLDocument.parse(YAMLWriter.text(node))
        var problems = ConfigurationProblems()
        var substitution = Substitution(environment: [:])
        substitution.apply(to: &root, path: "", &problems)
        #expect(problems.errors.isEmpty)
        guard case .scalar(text) = root["k"]?.value else {
            Issue.record("\(text.debugDescription) became \(String(describing: root["k"]?.value))")
            return
        }
    }
}
