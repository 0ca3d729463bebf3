import Propagation
import Testing

extension BaggageReader {
    /// The values of one message, by key.
    fileprivate mutating func read(_ fields: (String, String)...) -> [String] {
        var values: [String] = []
        let keys = keys
        begin()
        for (name, value) in fields {
            withCopy(of: name.utf8) { name in
                withCopy(of: value.utf8) { value in
                    add(name: name, value: value) {
                        values.append("\(keys[$0])=\(String(decoding: $1, as: UTF8.self))")
                    }
                }
            }
        }
        return values
    }
}

private func baggage(_ value: String) -> [String] {
    var reader = BaggageReader(keys: ["tenant", "userId"])
    return reader.read(("baggage", value))
}

@Suite struct BaggageTests {
    @Test(arguments: [
        ("tenant=gold", ["tenant=gold"]), ("userId=1,tenant=gold", ["userId=1", "tenant=gold"]),
        ("a=b, tenant = gold ;ttl=60;secure , userId=x", ["tenant=gold", "userId=x"]),
        ("tenant=Am%C3%A9lie%20M", ["tenant=Am\u{e9}lie M"]), ("tenant=a=b", ["tenant=a=b"]),
        ("tenant=", ["tenant="]), ("tenant=a+b", ["tenant=a+b"]), (",, ,tenant=gold,", ["tenant=gold"]),
        ("tenant=%2C%3B%22", ["tenant=,;\""]), ("", []), ("Tenant=gold", []), ("tenant2=gold", []),
        ("xtenant=gold", []), ("session=secret", []), ("a;tenant=gold", []), ("a=b;tenant=gold", []),
    ])
    func valuesOfChosenKeysAreDecoded(_ value: String, _ expected: [String]) {
        #expect(baggage(value) == expected)
    }

    @Test(arguments: [
        "tenant", "tenant=%", "tenant=%4", "tenant=%zz", "tenant=a b", "tenant=\"a\"", "tenant=a\\b", "tenant=\u{e9}",
        "tenant=%FF", "tenant=%C3", "tenant=a\0", "tenant=%ED%A0%80", "%74enant",
    ])
    func invalidMembersAreCountedAndIgnored(_ member: String) {
        var reader = BaggageReader(keys: ["tenant", "userId"])
        #expect(reader.read(("baggage", "\(member),userId=1")) == ["userId=1"])
        #expect(reader.counters.invalid == 1)
        #expect(reader.counters.read == 1)
    }

    @Test func theFirstOfAKeyCounts() {
        var reader = BaggageReader(keys: ["tenant", "tenant", ""])
        #expect(reader.keys == ["tenant"])
        #expect(reader.read(("Baggage", "tenant=%,tenant=a,tenant=b"), ("baggage", "tenant=c")) == ["tenant=a"])
        #expect(reader.counters.repeated == 2)
        #expect(reader.read(("baggage", "tenant=c")) == ["tenant=c"])
    }

    @Test func jaegersHeadersAreBaggageToo() {
        var reader = BaggageReader(keys: ["userId", "tenant"])
        #expect(reader.names == ["baggage", "uberctx-userid", "uberctx-tenant"])
        #expect(
            reader.read(
                ("uberctx-userId", "a%20b, c"), ("UBERCTX-TENANT", "gold"), ("uberctx-other", "x"), ("uberctx-", "y"),
                ("uberctx-tenan", "z")) == ["userId=a b, c", "tenant=gold"])
        #expect(reader.read(("uberctx-tenant", "%2")) == [])
        #expect(reader.counters.invalid == 1)
    }

    @Test func nothingIsReadUnlessItIsChosen() {
        var reader = BaggageReader(keys: [])
        #expect(reader.names.isEmpty)
        #expect(reader.read(("baggage", "a=b"), ("uberctx-a", "b")) == [])
    }

    @Test func lengthAndMembersAreBounded() {
        var reader = BaggageReader(keys: ["tenant", "last"])
        let filler = String(repeating: "a=\(String(repeating: "x", count: 97)),", count: 81)
        #expect(reader.read(("baggage", "\(filler)tenant=gold")) == ["tenant=gold"])
        #expect(reader.counters.cut == 0)
        // What does not end within the bound is not there, rather than there by half.
        #expect(reader.read(("baggage", "\(filler)tenant=\(String(repeating: "y", count: 100))")) == [])
        #expect(
            reader.read(("baggage", "\(filler)\(filler)tenant=gold"), ("baggage", "tenant=gold")) == ["tenant=gold"])
        #expect(reader.counters.cut == 2)
        #expect(reader.read(("uberctx-tenant", String(repeating: "y", count: 8193))) == [])
        #expect(reader.counters.cut == 3)
        #expect(reader.read(("baggage", String(repeating: "a=b,", count: 179) + "tenant=1,last=1")) == ["tenant=1"])
        #expect(reader.counters.cut == 4)
        #expect(reader.read(("baggage", "last=1")) == ["last=1"])
    }
}
