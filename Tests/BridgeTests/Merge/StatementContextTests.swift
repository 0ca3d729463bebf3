import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import Propagation

private let trace = "0af7651916cd43dd8448eb211c80319c"
private let parent = "00-\(trace)-b7ad6b7169203331-01"

/// Contexts in the comments of statements.
@Suite struct StatementContextTests {
    private func context(
        _ fields: [(FieldKey, String, String)], _ name: ApplicationProtocol = .mysql,
        comments: SQLCommentReader? = SQLCommentReader(), order: [Propagator] = Propagator.configurable
    ) -> (carried: ContextReading?, reader: ContextReader) {
        var samples = Samples()
        var linked = samples.linked(1, .client)
        let first = UInt32(samples.fields.fields.count)
        for (key, name, value) in fields { samples.add(key, value, name: name) }
        linked.exchange.fields = FieldRange(start: first, count: UInt32(fields.count))
        linked.exchange.protocol = name
        var reader = ContextReader(order: order)
        guard case .one(let reading) = reader.read(linked.exchange, in: samples.fields, comments: comments) else {
            return (nil, reader)
        }
        return (reading, reader)
    }

    private func span(_ statement: String, end: String? = nil, _ name: ApplicationProtocol) -> UInt64? {
        let end = end.map { [(FieldKey.statementEnd, "", $0)] } ?? []
        return context([(.statement, "", statement)] + end, name).carried?.context.spanID
    }

    @Test(arguments: [ApplicationProtocol.mysql, .postgresql])
    func contextOfACommentCounts(_ name: ApplicationProtocol) {
        for text in [
            "SELECT 1 /*traceparent='\(parent)',tracestate='a%3D1'*/", "/* traceparent: \(parent) */ SELECT 1",
            "SELECT 1 -- traceparent=\(parent)",
        ] {
            #expect(span(text, name) == 0xb7ad_6b71_6920_3331)
            #expect(span("SELECT '", end: "') " + text, name) == 0xb7ad_6b71_6920_3331)
            #expect(context([(.statement, "", text)], name, comments: nil).carried == nil)
        }
        let (carried, reader) = context([(.statement, "", "/*traceparent='\(parent)',tracestate='a%3D1'*/")])
        #expect(carried?.place == .sqlComment)
        #expect(reader.withTracestate { $0.elementsEqual("a=1".utf8) })
        #expect(span("GET /*traceparent='\(parent)'*/", .redis) == nil)
    }

    @Test(arguments: [
        (
            "sw8",
            "1-MGFmNzY1MTkxNmNkNDNkZDg0NDhlYjIxMWM4MDMxOWM=-MGFmNzY1MTkxNmNkNDNkZDg0NDhlYjIxMWM4MDMxOWM=-3-YQ==-Yg==-Yw==-ZA==",
            Propagator.sw8
        ),
        ("uber-trace-id", "\(trace):b7ad6b7169203331:0:1", .jaeger),
        ("uber-trace-id", "\(trace)%3Ab7ad6b7169203331%3A0%3A1", .jaeger),
        ("b3", "\(trace)-b7ad6b7169203331-1", .b3),
        ("X-Amzn-Trace-Id", "Root=1-0af76519-16cd43dd8448eb211c80319c; Parent=b7ad6b7169203331; Sampled=1", .xray),
        ("x-cloud-trace-context", "\(trace)/13235353014750950193;o=1", .cloudtrace),
    ])
    func everyDialectMayStandInAComment(_ name: String, _ value: String, _ dialect: Propagator) {
        let encoded = value.utf8.map { byte in
            let plain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            return plain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        for text in [
            "SELECT 1 /*a='b',\(name)='\(encoded)'*/", "SELECT 1 /* \(name): \(value) */",
            "SELECT /*\(name)=\(value)*/ 1",
            "SELECT 1 -- \(name) : \(value)\n", "SELECT 1 /* in front, \(name)=\(value), and behind */",
        ] {
            for database in [ApplicationProtocol.mysql, .postgresql] {
                let carried = context([(.statement, "", text)], database).carried?.context
                #expect(carried?.traceLow == 0x8448_eb21_1c80_319c, "\(text)")
                #expect(carried.map { $0.spanID != 0 } == true)
            }
        }
        #expect(context([(.statement, "", "SELECT 1 /* \(name): \(value) */")], order: [dialect]).carried != nil)
        #expect(
            context([(.statement, "", "SELECT 1 /* \(name): \(value) */")], order: [.tracecontext, .brpc]).carried
                == nil)
    }

    @Test func severalPartsOfOneContextBelongTogether() {
        let text = "SELECT 1 /* x-b3-traceid: \(trace) x-b3-spanid: b7ad6b7169203331, x-b3-sampled=1 */"
        #expect(span(text, .mysql) == 0xb7ad_6b71_6920_3331)
        let datadog =
            "/*x-datadog-trace-id='7',x-datadog-parent-id='8',x-datadog-tags='_dd.p.tid%3D0af7651916cd43dd'*/ SELECT 1"
        #expect(context([(.statement, "", datadog)]).carried?.context.traceHigh == 0x0af7_6519_16cd_43dd)
        let plain =
            "/* x-datadog-trace-id: 7, x-datadog-parent-id: 8, x-datadog-tags: _dd.p.dm=-1,_dd.p.tid=0af7651916cd43dd */"
        #expect(context([(.statement, "", plain)]).carried?.context.traceHigh == 0x0af7_6519_16cd_43dd)
    }

    @Test func twoOfAKindAreNone() {
        let other = parent.replacing("b7ad", with: "c7ad")
        for text in [
            "/* traceparent: \(parent) traceparent: \(other) */ SELECT 1",
            "/*traceparent='\(parent)',traceparent='\(parent)'*/",
            "/*traceparent='\(parent)'*/ SELECT 1 -- traceparent: \(other)",
        ] {
            let (carried, reader) = context([(.statement, "", text)])
            #expect(carried == nil)
            #expect(reader.counters[.tracecontext, .repeated] == 1)
        }
        #expect(span("/*traceparent='\(parent)'*/ SELECT", end: ", 2 /*traceparent='\(other)'*/", .mysql) == nil)
    }

    @Test func whatIsInvalidIsCounted() {
        for text in ["/*traceparent='00-%zz'*/", "/* traceparent: see below */", "-- traceparent='\(parent)"] {
            let (carried, reader) = context([(.statement, "", text)])
            #expect(carried == nil)
            #expect(reader.counters[.tracecontext, .invalid] == 1)
        }
    }

    @Test func queryAttributesWinOverTheComment() {
        let own = parent.replacing("b7ad6b7169203331", with: "00000000000000aa")
        let (carried, reader) = context([
            (.statement, "", "SELECT ? /*traceparent='\(parent)'*/"), (.context, "traceparent", own),
        ])
        #expect(carried?.context.spanID == 0xAA)
        #expect(reader.counters.rejected == 0)
        // Baggage beside it says nothing of a context.
        let beside = context([(.statement, "", "SELECT ? /*traceparent='\(parent)'*/"), (.context, "baggage", "a=1")])
        #expect(beside.carried?.context.spanID == 0xb7ad_6b71_6920_3331)
    }
}
