import Testing

@testable import Capture

/// What `echo_ignore` leaves out.
@Suite struct ValueIgnoreTests {
    private let values = Values(ignored: ["Secret", "X-Private", "truth*"])

    @Test func namesAreLeftOutInAnyCaseWhereverNamesAre() {
        let rest = values.words("alice99")
        #expect(values.header("x-private", "abc123").isEmpty)
        #expect(values.header("SECRET", "abc123").isEmpty)
        #expect(values.target("/p?SECRET=abc123&name=alice99") == rest)
        #expect(values.form("secret=abc123&name=alice99") == rest)
        #expect(values.header("Cookie", "a=alice99; secret=abc123; Secret = 5544") == rest)
        #expect(values.json(#"{"secret": "abc123", "name": "alice99"}"#) == rest)
        #expect(values.json(#"{"secret": {"deep": ["abc123", {"x": 5544}]}, "name": "alice99"}"#) == rest)
        #expect(values.json(#"{"secret": 5544, "name": "alice99"}"#) == rest)
        #expect(values.sql("select 1 from t where t.secret = 'abc123' and name = 'alice99'") == rest)
        #expect(values.sql("update t set `Secret` = 'abc123', name = 'alice99'") == rest)
        #expect(values.sql("select 1 from t where secret not in ('abc123', 5544) and name like 'alice99'") == rest)
    }

    @Test func nameWithoutAStarIsNoBeginning() {
        #expect(values.form("secrets=abc123") == values.words("abc123"))
        #expect(values.target("/secret/secret99") == values.plain("secret secret99"))
    }

    @Test func beginningsLeaveOutNamesAndValuesWhereverTheyStand() {
        let rest = values.words("alice99")
        #expect(values.form("truthful=abc123&name=alice99") == rest)
        #expect(values.header("Truth-Id", "abc123").isEmpty)
        #expect(values.target("/alice99/truth-ab12cd") == rest)
        #expect(values.target("/alice99/TRUTH%2Dab12cd") == rest)
        #expect(values.json(#"["truth_4711", "alice99"]"#) == rest)
        #expect(values.sql("select 'truth.4711', 'alice99'") == rest)
        #expect(values.plain("key:truth-4711:alice99") == rest.union(Values().plain("key")))
        // A part behind a joint, and with it the last part.
        #expect(values.plain("cart-truth-4711 alice99") == rest)
        #expect(values.plain("untruth-4711") == Values().plain("untruth-4711"))
    }

    @Test func loneStarLeavesOutNothing() {
        #expect(Values(ignored: ["*"]).plain("abc123") == Values().plain("abc123"))
    }
}
