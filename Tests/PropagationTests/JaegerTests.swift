import Propagation
import Testing

private func jaeger(_ value: String) -> TraceContext? { context(("uber-trace-id", value)) }

@Suite struct JaegerTests {
    @Test func theSecondFieldIsTheCaller() {
        #expect(jaeger("1:2:3:1") == TraceContext(0, 1, 2, .keep))
        #expect(
            jaeger("0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:00f067aa0ba902b7:01")
                == TraceContext(0x0af7_6519_16cd_43dd, 0x8448_eb21_1c80_319c, 0xb7ad_6b71_6920_3331, .keep))
    }

    @Test(
        arguments: [
            ("a:b:0:0", 0, 0xa, 0xb), ("0000a:0b:0:0", 0, 0xa, 0xb),
            ("7890abcdef1234567:1:0:0", 0x7, 0x890a_bcde_f123_4567, 1),
            ("00000000000000000000000000000001:0000000000000001:0:0", 0, 1, 1),
            ("ABCDEF:FEDCBA:0:0", 0, 0xabcdef, 0xfedcba),
            ("10000000000000000:1:0:0", 1, 0, 1),
            (" \tf:f:0:0 \t", 0, 0xf, 0xf),
        ] as [(String, UInt64, UInt64, UInt64)])
    func idsArePaddedOnTheLeft(_ value: String, _ high: UInt64, _ low: UInt64, _ span: UInt64) {
        #expect(jaeger(value) == TraceContext(high, low, span, .drop))
    }

    @Test(arguments: [
        "1%3A2%3A3%3A1", "1%3a2%3a3%3a1", "1%3A2:3%3A1", "%31%3A%32%3A%33%3A%31", "1:2::1", "1:2:parent:1",
        "1:2:-1:1", "1:2:\(String(repeating: "f", count: 99)):1", "1:2: :1", "1:2:0:01",
    ])
    func encodedAndOddParentsAreTolerated(_ value: String) {
        #expect(jaeger(value) == TraceContext(0, 1, 2, .keep))
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2", "1:2:3", "1:2:3:", "1:2:3:1:", "1:2:3:1:5", ":2:3:1", "1::3:1", "0:2:3:1",
        "1:0:3:1", "00000000000000000000000000000000:1:0:1", "1:0000000000000000:0:1",
        "000000000000000000000000000000001:2:3:1", "1:00000000000000002:3:1",
        "10000000000000000000000000000000000000000000000001:2:3:1", "1:10000000000000002:3:1", "1:2:3:001", "1:2:3:g",
        "1:2:3:-1", "1:2:3:1 x", "g:2:3:1", "1:g:3:1", "-1:2:3:1", "1 :2:3:1", "0x1:2:3:1", "1%3:2:3:1", "1%3A2%3A3%3",
        "1%3A2%3A3%3A1%", "1%3A2%3A3%3A1%4", "%zz", "%", "1%3A2%3A%3%3A1", "1%253A2%253A3%253A1", "1;2;3;1",
        "1:2:3:1\0",
    ])
    func invalidFormsAreCountedAndIgnored(_ value: String) {
        #expect(jaeger(value) == nil)
        #expect(outcomes(.jaeger, ("uber-trace-id", value)) == [.invalid])
    }

    @Test(
        arguments: [
            ("0", .drop), ("1", .keep), ("2", .drop), ("3", .force), ("00", .drop), ("01", .keep), ("02", .drop),
            ("03", .force), ("5", .keep), ("f", .force), ("ff", .force), ("FD", .keep), ("8", .drop),
        ] as [(String, SamplingDecision)])
    func flagsOfAShortTraceAreJaegers(_ flags: String, _ decision: SamplingDecision) {
        #expect(jaeger("1:2:0:\(flags)")?.decision == decision)
    }

    /// OpenTelemetry's SDKs write two digits and long ids; the bit that would be debug is their random bit.
    @Test(
        arguments: [("03", .keep), ("3", .force), ("02", .drop), ("2", .drop), ("01", .keep), ("1", .keep)]
            as [(String, SamplingDecision)])
    func theRandomBitOfALongTraceIsNoDebugBit(_ flags: String, _ decision: SamplingDecision) {
        #expect(jaeger("0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:\(flags)")?.decision == decision)
    }

    @Test func aTraceparentOfTheSameTraceTellsTheRandomBit() {
        let trace = "00000000000000008448eb211c80319c"
        for (parent, decision) in [
            ("00-\(trace)-b7ad6b7169203331-03", SamplingDecision.keep),
            ("00-\(trace)-b7ad6b7169203331-01", .force),
            ("00-1\(trace.dropFirst())-b7ad6b7169203331-03", .force),
        ] {
            var reader = ContextReader(order: [.jaeger, .tracecontext])
            let reading = reader.read([("uber-trace-id", "8448eb211c80319c:1:0:3"), ("traceparent", parent)])
            #expect(reading?.propagator == .jaeger)
            #expect(reading?.context.decision == decision)
        }
    }

    @Test func twoHeadersAreNone() {
        #expect(context(("uber-trace-id", "1:2:3:1"), ("Uber-Trace-Id", "1:2:3:1")) == nil)
        #expect(outcomes(.jaeger, ("uber-trace-id", "1:2:3:1"), ("uber-trace-id", "x")) == [.repeated])
    }
}
