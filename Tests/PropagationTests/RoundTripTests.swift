import Propagation
import Testing

@Suite struct RoundTripTests {
    /// Any ids, written as each dialect's senders write them, are read as they were.
    @Test func whatIsWrittenIsRead() {
        var random = SeededGenerator(seed: 4)
        for round in 0..<2_000 {
            // Half of the ids are short, and some have few digits.
            let high = round % 2 == 0 ? 0 : random.next() | 1
            let low = max(1, random.next() >> UInt64(round % 64))
            let span = max(1, random.next() >> UInt64(round % 61))
            let trace = high == 0 ? hex(low) : hex(high) + hex(low)
            func expect(_ decision: SamplingDecision, _ fields: (String, String)...) {
                var reader = ContextReader()
                #expect(reader.read(fields)?.context == TraceContext(high, low, span, decision), "\(fields)")
            }
            expect(.keep, ("traceparent", "00-\(hex(high))\(hex(low))-\(hex(span))-01"))
            expect(.drop, ("uber-trace-id", "\(trace):\(hex(span)):0:0"))
            expect(.keep, ("uber-trace-id", "\(short(high, low)):\(String(span, radix: 16)):7:1"))
            expect(.undecided, ("b3", "\(trace)-\(hex(span))"))
            expect(.force, ("b3", "\(trace)-\(hex(span))-d-\(hex(low))"))
            expect(
                .drop, ("X-B3-TraceId", trace.uppercased()), ("X-B3-SpanId", hex(span)), ("X-B3-Sampled", "false"))
            let whole = hex(high) + hex(low)
            let root = "Root=1-\(whole.prefix(8))-\(whole.dropFirst(8))"
            expect(.keep, ("X-Amzn-Trace-Id", "\(root);Parent=\(hex(span));Sampled=1"))
            expect(
                .keep, ("ot-tracer-traceid", trace), ("ot-tracer-spanid", hex(span)), ("ot-tracer-sampled", "true"))
            expect(
                .drop, ("x-datadog-trace-id", "\(low)"), ("x-datadog-parent-id", "\(span)"),
                ("x-datadog-sampling-priority", "0"), ("x-datadog-tags", "a=b,_dd.p.tid=\(hex(high))"))
            expect(.keep, ("X-Cloud-Trace-Context", "\(hex(high))\(hex(low))/\(span);o=1"))
            if high == 0 { expect(.undecided, ("x-bd-trace-id", "\(low)"), ("x-bd-span-id", "\(span)")) }
        }
    }

    private func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Without leading zeros.
    private func short(_ high: UInt64, _ low: UInt64) -> String {
        high == 0 ? String(low, radix: 16) : String(high, radix: 16) + hex(low)
    }
}
