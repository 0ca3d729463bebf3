import Propagation
import Testing

private let trace = "80f198ee56343ba864fe8b2a57d3eff7"
private let span = "e457b5a2e4d86bd1"

private func expected(_ decision: SamplingDecision) -> TraceContext {
    TraceContext(0x80f1_98ee_5634_3ba8, 0x64fe_8b2a_57d3_eff7, 0xe457_b5a2_e4d8_6bd1, decision)
}

@Suite struct B3Tests {
    @Test(
        arguments: [
            ("\(trace)-\(span)", .undecided), ("\(trace)-\(span)-1", .keep), ("\(trace)-\(span)-0", .drop),
            ("\(trace)-\(span)-d", .force), ("\(trace)-\(span)-1-05e3ac9a4f6e3b90", .keep),
            ("\(trace)-\(span)-d-05e3ac9a4f6e3b90", .force), ("\(trace)-\(span)-0-0000000000000000", .drop),
            (" \(trace.uppercased())-\(span.uppercased())-1-05E3AC9A4F6E3B90\t", .keep),
        ] as [(String, SamplingDecision)])
    func oneHeaderHasAllOfIt(_ value: String, _ decision: SamplingDecision) {
        #expect(context(("b3", value)) == expected(decision))
    }

    @Test func shortTracesArePaddedOnTheLeft() {
        let short = TraceContext(0, 0x64fe_8b2a_57d3_eff7, 0xe457_b5a2_e4d8_6bd1, .keep)
        #expect(context(("b3", "64fe8b2a57d3eff7-\(span)-1")) == short)
        #expect(
            context(("X-B3-TraceId", "64fe8b2a57d3eff7"), ("X-B3-SpanId", span), ("X-B3-Sampled", "1")) == short)
    }

    @Test(arguments: [
        "", "-", "2", "D", "x", "11", "true", "0-", trace, "\(trace)-", "\(trace)-\(span)-", "\(trace)-\(span)-2",
        "\(trace)-\(span)-true", "\(trace)-\(span)-1-", "\(trace)-\(span)-1-05e3ac9a4f6e3b9",
        "\(trace)-\(span)-1-05e3ac9a4f6e3b900", "\(trace)-\(span)-1-05e3ac9a4f6e3b9g",
        "\(trace)-\(span)--05e3ac9a4f6e3b90",
        "\(trace)-\(span)-05e3ac9a4f6e3b90", "\(trace)-\(span)-1-05e3ac9a4f6e3b90-", "\(trace)-\(span.dropLast())",
        "\(trace)-\(span)0", "\(trace.dropLast())-\(span)", "\(trace)0-\(span)", "\(trace.dropLast(8))-\(span)",
        "00000000000000000000000000000000-\(span)-1", "0000000000000000-\(span)-1", "\(trace)-0000000000000000-1",
        "g\(trace.dropFirst())-\(span)-1", "\(trace)-g\(span.dropFirst())-1", "-\(trace)-\(span)-1",
        "\(trace)_\(span)_1", "\(trace)-\(span)-1 ,", "\(trace)-\(span)_1",
    ])
    func invalidFormsAreCountedAndIgnored(_ value: String) {
        #expect(context(("b3", value)) == nil)
        #expect(outcomes(.b3, ("b3", value)) == [.invalid])
    }

    @Test(
        arguments: [
            ([("b3", "0")], .drop), ([("b3", "1")], .keep), ([("b3", " d ")], .force),
            ([("X-B3-Sampled", "0")], .drop), ([("X-B3-Sampled", "true")], .keep), ([("X-B3-Flags", "1")], .force),
            ([("X-B3-Sampled", "0"), ("X-B3-Flags", "1")], .force),
        ] as [([(String, String)], SamplingDecision)])
    func aDecisionMayStandAlone(_ fields: [(String, String)], _ decision: SamplingDecision) {
        var reader = ContextReader()
        #expect(reader.result(of: fields) == .none)
        #expect(reader.decisionAlone == decision)
        #expect(reader.counters[.b3, .decision] == 1)
        #expect(reader.counters.rejected == 0)
        #expect(reader.result(of: [] as [(String, String)]) == .none)
        #expect(reader.decisionAlone == .undecided)
        // A context has a decision of its own.
        let parent = ("traceparent", "00-\(trace)-\(span)-01")
        #expect(reader.read(fields + [parent])?.context.decision == .keep)
        #expect(reader.decisionAlone == .undecided)
    }

    @Test(
        arguments: [
            ("1", .keep), ("0", .drop), ("true", .keep), ("false", .drop), ("True", .keep), ("FALSE", .drop),
            (" 1 ", .keep),
        ] as [(String, SamplingDecision)])
    func sampledIsADigitOrAWord(_ sampled: String, _ decision: SamplingDecision) {
        #expect(
            context(("x-b3-sampled", sampled), ("x-b3-spanid", span), ("x-b3-traceid", trace)) == expected(decision))
    }

    @Test func withoutADecisionItIsUndecided() {
        #expect(context(("X-B3-TraceId", trace), ("X-B3-SpanId", span)) == expected(.undecided))
        #expect(expected(.undecided).isSampled)
        #expect(expected(.undecided).flags == 0)
    }

    @Test func debugBeatsSampled() {
        for sampled in ["0", "1"] {
            #expect(
                context(
                    ("X-B3-TraceId", trace), ("X-B3-SpanId", span), ("X-B3-Sampled", sampled), ("X-B3-Flags", "1"))
                    == expected(.force))
        }
        for flags in ["0", "", "2", "d", "01"] {
            #expect(
                context(("X-B3-TraceId", trace), ("X-B3-SpanId", span), ("X-B3-Sampled", "0"), ("X-B3-Flags", flags))
                    == expected(.drop))
        }
    }

    @Test(arguments: [
        [("x-b3-traceid", trace)], [("x-b3-spanid", span)], [("x-b3-traceid", "x"), ("x-b3-spanid", span)],
        [("x-b3-traceid", trace), ("x-b3-spanid", "x")],
        [("x-b3-traceid", trace), ("x-b3-spanid", "0000000000000000")],
        [("x-b3-traceid", String(repeating: "0", count: 32)), ("x-b3-spanid", span)],
        [("x-b3-traceid", "\(trace)00"), ("x-b3-spanid", span)], [("x-b3-traceid", trace), ("x-b3-spanid", "1")],
        [("x-b3-traceid", trace), ("x-b3-spanid", span), ("x-b3-sampled", "yes")],
        [("x-b3-traceid", trace), ("x-b3-spanid", span), ("x-b3-sampled", "")], [("x-b3-sampled", "2")],
        [("x-b3-spanid", span), ("x-b3-sampled", "1")],
    ])
    func halfOfSeveralHeadersIsNone(_ fields: [(String, String)]) {
        var reader = ContextReader()
        #expect(reader.result(of: fields) == .none)
        #expect(reader.counters[.b3, .invalid] == 1)
        #expect(reader.decisionAlone == .undecided)
    }

    @Test func flagsAloneThatMeanNothingAreNothing() {
        #expect(outcomes(.b3, ("x-b3-flags", "0")) == [])
    }

    @Test func theSingleHeaderHasPrecedence() {
        let others = [("X-B3-TraceId", "1\(trace.dropFirst())"), ("X-B3-SpanId", span), ("X-B3-Sampled", "0")]
        for fields in [[("b3", "\(trace)-\(span)-1")] + others, others + [("b3", "\(trace)-\(span)-1")]] {
            var reader = ContextReader()
            #expect(reader.read(fields)?.context == expected(.keep))
            #expect(reader.others.isEmpty)
        }
        // Where it is invalid, and counted, the others are there.
        var reader = ContextReader()
        #expect(reader.read([("b3", "bad")] + others)?.context.decision == .drop)
        #expect(reader.counters[.b3, .invalid] == 1)
        #expect(reader.counters[.b3, .read] == 1)
    }

    @Test func anythingTwiceIsNone() {
        let whole = [
            ("b3", "\(trace)-\(span)-1"), ("x-b3-traceid", trace), ("x-b3-spanid", span), ("x-b3-sampled", "1"),
            ("x-b3-flags", "0"),
        ]
        for field in whole {
            var reader = ContextReader()
            #expect(reader.result(of: whole + [field]) == .none)
            #expect(reader.counters[.b3, .repeated] == 1)
            #expect(reader.counters.rejected == 1)
        }
    }
}
