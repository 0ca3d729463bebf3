import Propagation
import Testing

private let trace = "463ac35c9f6413ad48485a3953bb6124"
private let high: UInt64 = 0x463a_c35c_9f64_13ad
private let low: UInt64 = 0x4848_5a39_53bb_6124
private let span = "53995c3f42cd8ad8"
private let spanID: UInt64 = 0x5399_5c3f_42cd_8ad8

@Suite struct XRayTests {
    private func xray(_ value: String) -> TraceContext? { context(("X-Amzn-Trace-Id", value)) }

    @Test(
        arguments: [
            ("Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=\(span);Sampled=1", .keep),
            ("Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=\(span);Sampled=0", .drop),
            ("Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=\(span);Sampled=?", .undecided),
            ("Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=\(span)", .undecided),
            ("Sampled=1;Parent=\(span);Root=1-463ac35c-9f6413ad48485a3953bb6124", .keep),
            (" Parent=\(span) ; Sampled = 0 ;\tRoot= 1-463AC35C-9F6413AD48485A3953BB6124 ; ", .drop),
            (
                "Self=1-67891234-12456789abcdef012345678;Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=\(span);Sampled=1",
                .keep
            ),
            ("Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=\(span);Sampled=1;Lineage=a87bd80c:1|68fd508a:5", .keep),
            (";;root=1-463ac35c-9f6413ad48485a3953bb6124;PARENT=\(span);SAMPLED=1;", .keep),
        ] as [(String, SamplingDecision)])
    func membersComeInAnyOrder(_ value: String, _ decision: SamplingDecision) {
        #expect(xray(value) == TraceContext(high, low, spanID, decision))
    }

    @Test func rootAloneHasNoSpan() {
        #expect(xray("Root=1-463ac35c-9f6413ad48485a3953bb6124") == TraceContext(high, low, 0, .undecided))
        #expect(xray("Self=1-x;Root=1-463ac35c-9f6413ad48485a3953bb6124") == TraceContext(high, low, 0, .undecided))
    }

    @Test(arguments: [
        "", ";", "Root", "Root=", "Parent=\(span);Sampled=1", "Root=1-463ac35c-9f6413ad48485a3953bb612",
        "Root=1-463ac35c-9f6413ad48485a3953bb61244", "Root=2-463ac35c-9f6413ad48485a3953bb6124",
        "Root=1-463ac35c9-f6413ad48485a3953bb6124", "Root=1-463ac35c9f6413ad48485a3953bb6124",
        "Root=1-00000000-000000000000000000000000", "Root=1-463ac35c-9f6413ad48485a3953bb612g",
        "Root=1-463ac35g-9f6413ad48485a3953bb6124", "Root=1_463ac35c_9f6413ad48485a3953bb6124",
        "1-463ac35c-9f6413ad48485a3953bb6124", "Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=",
        "Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=0000000000000000",
        "Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=53995c3f42cd8ad",
        "Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=53995c3f42cd8ad8f",
        "Root=1-463ac35c-9f6413ad48485a3953bb6124;Sampled=2", "Root=1-463ac35c-9f6413ad48485a3953bb6124;Sampled=",
        "Root=1-463ac35c-9f6413ad48485a3953bb6124;Sampled=true",
        "Root=1-463ac35c-9f6413ad48485a3953bb6124;Root=1-463ac35c-9f6413ad48485a3953bb6124",
        "Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=\(span);Parent=\(span)",
        "Root=1-463ac35c-9f6413ad48485a3953bb6124,Parent=\(span)", "Root=1-463ac35c-9f6413ad48485a3953bb6124;x",
    ])
    func invalidFormsAreCountedAndIgnored(_ value: String) {
        #expect(xray(value) == nil)
        #expect(outcomes(.xray, ("x-amzn-trace-id", value)) == [.invalid])
    }
}

@Suite struct OpenTracingTests {
    @Test(
        arguments: [
            ("true", .keep), ("false", .drop), ("1", .keep), ("0", .drop), (nil, .undecided), (" TRUE ", .keep),
        ] as [(String?, SamplingDecision)])
    func threeHeadersAreAContext(_ sampled: String?, _ decision: SamplingDecision) {
        var fields = [("ot-tracer-traceid", trace), ("OT-Tracer-SpanID", span)]
        if let sampled { fields.append(("ot-tracer-sampled", sampled)) }
        var reader = ContextReader()
        #expect(reader.read(fields)?.context == TraceContext(high, low, spanID, decision))
        fields[0].1 = "48485A3953BB6124"
        #expect(reader.read(fields)?.context == TraceContext(0, low, spanID, decision))
    }

    @Test(arguments: [
        [("ot-tracer-traceid", trace)], [("ot-tracer-spanid", span)],
        [("ot-tracer-traceid", trace), ("ot-tracer-spanid", "\(span)0")],
        [("ot-tracer-traceid", "1"), ("ot-tracer-spanid", span)],
        [("ot-tracer-traceid", "0000000000000000"), ("ot-tracer-spanid", span)],
        [("ot-tracer-traceid", trace), ("ot-tracer-spanid", "0000000000000000")],
        [("ot-tracer-traceid", trace), ("ot-tracer-spanid", span), ("ot-tracer-sampled", "yes")],
        [("ot-tracer-sampled", "maybe")],
    ])
    func halfOfItIsNone(_ fields: [(String, String)]) {
        var reader = ContextReader()
        #expect(reader.result(of: fields) == .none)
        #expect(reader.counters[.ottrace, .invalid] == 1)
    }
}

@Suite struct DatadogTests {
    private let ids = [("x-datadog-trace-id", "5208512171318403364"), ("x-datadog-parent-id", "6023947403358210776")]

    @Test(
        arguments: [
            ("1", .keep), ("2", .keep), ("0", .drop), ("-1", .drop), ("-3", .drop), (nil, .undecided), ("99", .keep),
        ] as [(String?, SamplingDecision)])
    func aPriorityAboveZeroKeeps(_ priority: String?, _ decision: SamplingDecision) {
        var reader = ContextReader()
        let fields = ids + (priority.map { [("x-datadog-sampling-priority", $0)] } ?? [])
        #expect(reader.read(fields)?.context == TraceContext(0, low, spanID, decision))
    }

    @Test(arguments: [
        "_dd.p.tid=463ac35c9f6413ad", "_dd.p.dm=-0,_dd.p.tid=463ac35c9f6413ad",
        " _dd.p.tid = 463AC35C9F6413AD ,a,b=c=d",
    ])
    func theUpperHalfIsATag(_ tags: String) {
        var reader = ContextReader()
        #expect(
            reader.read([("x-datadog-tags", tags)] + ids)?.context == TraceContext(high, low, spanID, .undecided))
    }

    @Test(arguments: ["", "_dd.p.dm=-0", "tid=463ac35c9f6413ad", "_dd.p.tid=0000000000000000", ",,,", "x_dd.p.tid=1"])
    func withoutTheTagTheUpperHalfIsZero(_ tags: String) {
        var reader = ContextReader()
        #expect(reader.read(ids + [("x-datadog-tags", tags)])?.context == TraceContext(0, low, spanID, .undecided))
    }

    @Test(arguments: [
        ("x-datadog-tags", "_dd.p.tid=463ac35c9f6413a"), ("x-datadog-tags", "_dd.p.tid=463ac35c9f6413adf"),
        ("x-datadog-tags", "_dd.p.tid="), ("x-datadog-tags", "_dd.p.tid=463ac35c9f6413ag"),
        ("x-datadog-tags", "_dd.p.tid=463ac35c9f6413ad,_dd.p.tid=463ac35c9f6413ad"),
        ("x-datadog-sampling-priority", ""), ("x-datadog-sampling-priority", "keep"),
        ("x-datadog-sampling-priority", "1.0"), ("x-datadog-sampling-priority", "--1"),
    ])
    func whatCannotBeReadMakesAllInvalid(_ field: (String, String)) {
        var reader = ContextReader()
        #expect(reader.result(of: ids + [field]) == .none)
        #expect(reader.counters[.datadog, .invalid] == 1)
    }

    @Test(arguments: [
        ("0", "1"), ("1", "0"), ("18446744073709551616", "1"), ("1", "18446744073709551616"), ("", "1"), ("1", ""),
        ("-1", "1"), ("+1", "1"), ("a", "1"), ("1", "f"), ("0x1", "1"), ("1 1", "1"), ("000000000000000000001", "1"),
        ("99999999999999999999", "1"),
    ])
    func idsAreDecimalNumbersOf64Bits(_ trace: String, _ span: String) {
        #expect(outcomes(.datadog, ("x-datadog-trace-id", trace), ("x-datadog-parent-id", span)) == [.invalid])
    }

    @Test func theLargestIDIsValidAndHalfOfItIsNone() {
        let most = "18446744073709551615"
        #expect(
            context(("x-datadog-trace-id", " \(most)"), ("x-datadog-parent-id", most))
                == TraceContext(0, .max, .max, .undecided))
        for field in ids { #expect(outcomes(.datadog, field) == [.invalid]) }
        #expect(outcomes(.datadog, ("x-datadog-sampling-priority", "-1")) == [.decision])
        #expect(outcomes(.datadog, ("x-datadog-tags", "_dd.p.tid=1")) == [])
    }
}

@Suite struct CloudTraceTests {
    private func google(_ value: String) -> TraceContext? { context(("X-Cloud-Trace-Context", value)) }

    @Test(
        arguments: [
            ("\(trace)/6023947403358210776;o=1", .keep), ("\(trace)/6023947403358210776;o=0", .drop),
            ("\(trace)/6023947403358210776", .undecided), (" \(trace.uppercased())/06023947403358210776;o=1\t", .keep),
        ] as [(String, SamplingDecision)])
    func theOptionMayBeMissing(_ value: String, _ decision: SamplingDecision) {
        #expect(google(value) == TraceContext(high, low, spanID, decision))
    }

    @Test(arguments: [
        "", "/", trace, "\(trace)/", "\(trace);o=1", "\(trace)/;o=1", "\(trace)/0;o=1", "\(trace)/1;", "\(trace)/1;o=",
        "\(trace)/1;o=2", "\(trace)/1;o=11", "\(trace)/1;p=1", "\(trace)/1;o=1;", "\(trace)/1;o=1;o=1",
        "\(trace)/1 ;o=1",
        "\(trace)/a;o=1", "\(trace)/-1;o=1", "\(trace)/18446744073709551616;o=1", "\(trace.dropLast())/1;o=1",
        "\(trace)0/1;o=1", "g\(trace.dropFirst())/1;o=1", "00000000000000000000000000000000/1;o=1", "\(trace)-1;o=1",
        "\(trace)/1/2",
    ])
    func invalidFormsAreCountedAndIgnored(_ value: String) {
        #expect(google(value) == nil)
        #expect(outcomes(.cloudtrace, ("x-cloud-trace-context", value)) == [.invalid])
    }
}

@Suite struct BRPCTests {
    @Test func theCallerIsTheSpan() {
        #expect(
            context(("x-bd-trace-id", "257"), ("X-BD-Span-Id", "258"), ("x-bd-parent-span-id", "259"))
                == TraceContext(0, 257, 258, .undecided))
    }

    @Test(arguments: [
        [("x-bd-trace-id", "1")], [("x-bd-span-id", "1")], [("x-bd-trace-id", "0"), ("x-bd-span-id", "1")],
        [("x-bd-trace-id", "1"), ("x-bd-span-id", "0")], [("x-bd-trace-id", "1"), ("x-bd-span-id", "f")],
        [("x-bd-trace-id", "18446744073709551616"), ("x-bd-span-id", "1")],
    ])
    func halfOfItIsNone(_ fields: [(String, String)]) {
        var reader = ContextReader()
        #expect(reader.result(of: fields) == .none)
        #expect(reader.counters[.brpc, .invalid] == 1)
    }
}
