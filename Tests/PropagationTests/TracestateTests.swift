import Propagation
import Testing

@Suite struct TracestateTests {
    @Test(arguments: [
        (["foo=1"], "foo=1"),
        (["foo=1,bar=2"], "foo=1,bar=2"),
        (["foo=1", "bar=2"], "foo=1,bar=2"),
        (["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
        ([" foo=1", "\tbar=2", "baz=3 "], "foo=1,bar=2,baz=3"),
        ([""], ""),
        (["foo=1", ""], "foo=1"),
        (["", "foo=1"], "foo=1"),
        (["foo=1,,,bar=2,", ", ,\t"], "foo=1,bar=2"),
        (["foo=1,foo=2"], "foo=1"),
        (["foo=1,bar=9", "foo=2,baz=3"], "foo=1,bar=9,baz=3"),
        (["foo=a b  c"], "foo=a b  c"),
        (["foo= 1"], "foo= 1"),
        (["0a=1,9=2"], "0a=1,9=2"),
        (["fw529a3039@dt=FfAAAABAAAAAAAFAAAA"], "fw529a3039@dt=FfAAAABAAAAAAAFAAAA"),
        (["foo@=1,a@b@c=2,foo@@bar=3"], "foo@=1,a@b@c=2,foo@@bar=3"),
        (["abcdefghijklmnopqrstuvwxyz0123456789_-*/@=1"], "abcdefghijklmnopqrstuvwxyz0123456789_-*/@=1"),
    ])
    func validStatesAreCarried(_ headers: [String], _ expected: String) {
        #expect(combine(headers) == expected)
    }

    @Test(arguments: [
        ["foo"], ["foo,bar=1"], ["=1"], ["foo="], ["foo=,bar=3"], ["foo= ,bar=1"], ["foo=bar=baz"], ["foo=1=2"],
        ["foo =1"], ["foo\t=1"], ["FOO=1"], ["fOo=1"], ["foo.bar=1"], ["@foo=1"], ["_foo=1"], ["-foo=1"], ["*foo=1"],
        ["/foo=1"], ["foo=1;bar=2"].map { $0 + "\u{7f}" }, ["foo=\u{e9}"], ["f\u{e9}=1"], ["foo=a\tb"], ["foo=a\nb"],
        ["foo=a\u{0}"], ["foo=1", "bar"], ["bar", "foo=1"], ["foo=1,foo=2=3"],
    ])
    func oneInvalidMemberMakesAllInvalid(_ headers: [String]) {
        #expect(combine(headers) == nil)
    }

    @Test func everyPrintableCharacterIsAllowedInAValue() {
        let value = String(decoding: (0x21...0x7E).map(UInt8.init).filter { $0 != 0x2C && $0 != 0x3D }, as: UTF8.self)
        #expect(combine(["foo=\(value)"]) == "foo=\(value)")
    }

    @Test func keyAndValueAreAtMost256Long() {
        let long = String(repeating: "a", count: 256)
        #expect(combine(["\(long)=\(long)"]) == "\(long)=\(long)")
        #expect(combine(["\(long)a=1"]) == nil)
        #expect(combine(["a=\(long)a"]) == nil)
    }

    @Test func atMost32MembersOverAllHeaders() {
        let members = (0..<33).map { "k\($0)=\($0)" }
        #expect(combine([members.prefix(32).joined(separator: ",")]) == members.prefix(32).joined(separator: ","))
        #expect(combine(Array(members.prefix(32))) == members.prefix(32).joined(separator: ","))
        #expect(combine([members.joined(separator: ",")]) == nil)
        #expect(combine(members) == nil)
        // Empty members are none.
        #expect(combine([members.prefix(32).joined(separator: ",,")]) != nil)
    }

    @Test func anInvalidStateStaysInvalidUntilItIsEmptied() {
        var state = Tracestate()
        for header in ["foo", "bar=1"] { Array(header.utf8).withUnsafeBytes { state.add($0) } }
        #expect(!state.isValid)
        #expect(state.bytes.isEmpty)
        state.removeAll()
        Array("bar=1".utf8).withUnsafeBytes { state.add($0) }
        #expect(state.isValid)
        #expect(state.bytes == Array("bar=1".utf8))
    }

    @Test func whatIsCarriedIsValidAndStaysAsItIs() {
        var random = SeededGenerator(seed: 2)
        let alphabet = Array("aab=,, \t@Z\u{7f}1".utf8)
        var valid = 0
        for _ in 0..<50_000 {
            let headers = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                String(
                    decoding: (0..<Int.random(in: 0...12, using: &random)).map { _ in
                        alphabet.randomElement(using: &random) ?? 0
                    }, as: UTF8.self)
            }
            guard let carried = combine(headers) else { continue }
            valid += 1
            #expect(combine([carried]) == carried)
            let keys = carried.split(separator: ",").map { $0.prefix { $0 != "=" } }
            #expect(Set(keys).count == keys.count)
        }
        #expect(valid > 1_000)
    }
}
