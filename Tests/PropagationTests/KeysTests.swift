import Propagation
import Testing

private let keys = ContextKeys(traceID: ["X-Trace", "x-trace-old"], spanID: ["x-span", "x-span-old", "X-SPAN"])

@Suite struct KeysTests {
    @Test func namesAreLowerCaseAndDistinct() {
        #expect(keys.traceID == ["x-trace", "x-trace-old"])
        #expect(keys.spanID == ["x-span", "x-span-old"])
        #expect(ContextKeys(traceID: ["", "a", "A"]).traceID == ["a"])
        #expect(ContextKeys(traceID: ["a"], spanID: ["a", "b"]).names == ["a", "b"])
        #expect(ContextKeys(traceID: (0..<50).map { "n\($0)" }).traceID.count == ContextKeys.maximumNames)
        #expect(ContextKeys(spanID: ["a"]).isEmpty)
        #expect(ContextReader(order: [.b3], keys: keys).names.suffix(5) == ["x-b3-flags"] + keys.names)
    }

    @Test(
        arguments: [
            ("0af7651916cd43dd8448eb211c80319c", 0x0af7_6519_16cd_43dd, 0x8448_eb21_1c80_319c),
            ("0AF7651916CD43DD8448EB211C80319C", 0x0af7_6519_16cd_43dd, 0x8448_eb21_1c80_319c),
            ("0af76519-16cd-43dd-8448-eb211c80319c", 0x0af7_6519_16cd_43dd, 0x8448_eb21_1c80_319c),
            (" 8448eb211c80319c\t", 0, 0x8448_eb21_1c80_319c), ("1234567890123456", 0, 0x1234_5678_9012_3456),
        ] as [(String, UInt64, UInt64)])
    func aTraceIsHexadecimalOrAUUID(_ value: String, _ high: UInt64, _ low: UInt64) {
        #expect(context(("x-trace", value), keys: keys) == TraceContext(high, low, 0, .undecided))
        #expect(
            context(("X-TRACE", value), ("x-span", "b7ad6b7169203331"), keys: keys)
                == TraceContext(high, low, 0xb7ad_6b71_6920_3331, .undecided))
    }

    @Test(arguments: [
        "", "1", "12345678901234567890", "0af76519-16cd-43dd-8448eb211c80319c", "0af7651916cd43dd8448eb211c80319",
        "0af7651916cd43dd8448eb211c80319g", "00000000000000000000000000000000", "00000000-0000-0000-0000-000000000000",
        "0af76519-16cd-43dd-8448-eb211c80319c0", "{0af7651916cd43dd8448eb211c80319c}",
    ])
    func otherValuesAreInvalid(_ value: String) {
        var reader = ContextReader(keys: keys)
        #expect(reader.read([("x-trace", value)]) == nil)
        #expect(reader.counters[.keys, .invalid] == 1)
        #expect(reader.read([("x-trace", "0af7651916cd43dd8448eb211c80319c"), ("x-span", value)]) == nil)
        #expect(reader.counters[.keys, .invalid] == 2)
    }

    @Test func theFirstNameWithAValidValueWins() {
        let first = ("x-trace", "00000000000000a1")
        let second = ("x-trace-old", "00000000000000a2")
        for fields in [[first, second], [second, first]] {
            var reader = ContextReader(keys: keys)
            #expect(reader.read(fields)?.context.traceLow == 0xa1)
        }
        #expect(context(("x-trace", "bad"), second, keys: keys)?.traceLow == 0xa2)
        #expect(context(second, ("x-trace", "bad"), keys: keys)?.traceLow == 0xa2)
        #expect(
            context(first, ("x-span-old", "00000000000000b2"), ("x-span", "x"), keys: keys)?.spanID == 0xb2)
        #expect(context(("x-span", "00000000000000b1"), keys: keys) == nil)
    }

    @Test func aNameThatIsThereTwiceMakesAllNone() {
        var reader = ContextReader(keys: keys)
        let trace = ("x-trace", "00000000000000a1")
        #expect(reader.read([trace, ("x-trace-old", "00000000000000a2"), trace]) == nil)
        #expect(reader.read([trace, ("x-span", "00000000000000b1"), ("X-Span", "00000000000000b1")]) == nil)
        #expect(reader.counters[.keys, .repeated] == 2)
        #expect(reader.read([trace])?.context.traceLow == 0xa1)
    }

    @Test func theyCountAfterAllDialects() {
        let trace = ("x-trace", "00000000000000a1")
        let b3 = ("b3", "00000000000000b1-00000000000000b2-1")
        for order in [[Propagator.b3], [.keys, .b3], Propagator.allCases] {
            var reader = ContextReader(order: order, keys: keys)
            #expect(reader.read([trace, b3])?.propagator == .b3)
            #expect(reader.others.map(\.propagator) == [.keys])
            #expect(reader.read([trace])?.propagator == .keys)
        }
        // Without names there are none.
        var reader = ContextReader(order: [.keys])
        #expect(reader.read([trace, b3]) == nil)
    }

    @Test func aKeyMayHaveADialectsNameOrBeBoth() {
        let same = ContextKeys(traceID: ["x-b3-traceid", "id"], spanID: ["id"])
        #expect(context(("id", "00000000000000a1"), keys: same) == TraceContext(0, 0xa1, 0xa1, .undecided))
        var reader = ContextReader(keys: same)
        #expect(reader.read([("X-B3-TraceId", "00000000000000a1")])?.propagator == .keys)
        #expect(reader.counters[.b3, .invalid] == 1)
    }

    @Test func longNamesMatchToo() {
        let long = String(repeating: "n", count: 70)
        let keys = ContextKeys(traceID: ["\(long)a", "\(long)bb", long])
        #expect(context((long.uppercased(), "00000000000000a1"), keys: keys)?.traceLow == 0xa1)
        var reader = ContextReader(keys: keys)
        #expect(reader.read([("\(long)c", "00000000000000a1"), (String(long.dropLast(7)), "00000000000000a1")]) == nil)
        #expect(reader.counters[.keys, .invalid] == 0)
    }
}
