import Testing

@testable import OTLP

@Suite struct ReceivedSpansTests {
    private func decode(_ bytes: [UInt8]) throws -> SpanBatch {
        SpanBatch(decoding: try #require(try TelemetryReader.read(protobuf: bytes, signal: .traces).batch))
    }

    private func attributes(_ range: IndexRange, of batch: SpanBatch) -> [String] {
        batch.attributes[batch.attributes.indices(of: range)].map { attribute in
            guard case .named(let key) = attribute.key else { return "?" }
            switch attribute.value {
            case .string(let text): return "\(batch.string(key))=\(batch.string(text))"
            case .text(let text): return "\(batch.string(key))='\(text)'"
            case .int(let number): return "\(batch.string(key))=int \(number)"
            case .double(let number): return "\(batch.string(key))=double \(number)"
            case .bool(let flag): return "\(batch.string(key))=\(flag)"
            case .list: return "\(batch.string(key)) is a list, which nothing received is made of"
            }
        }
    }

    @Test func spanSaysWhatWasReceived() throws {
        let array = Proto.field(
            5, Proto.field(1, Proto.text(1, "a\"")), Proto.field(1, Proto.number(3, 7)), Proto.field(1))
        let map = Proto.field(6, Proto.field(1, Proto.text(1, "x"), Proto.field(2, array)))
        let link = Proto.field(13, Proto.ids(trace: 5, span: 6), Proto.attribute(4, "why", Proto.text(1, "retry")))
        let batch = try decode(
            Proto.request(
                Proto.span(
                    1, link, Proto.field(4, [0, 0, 0, 0, 0, 0, 0, 9]), Proto.text(5, "GET /"), Proto.number(6, 2),
                    Proto.fixed64(7, 100), Proto.fixed64(8, 250), Proto.text(3, "a=b"), Proto.fixed32(16, 0x101),
                    Proto.field(15, Proto.number(3, 2), Proto.text(2, "reset")),
                    Proto.attribute(9, "s", Proto.text(1, "text")), Proto.attribute(9, "i", Proto.number(3, .max)),
                    Proto.attribute(9, "d", Proto.double(4, 0.5)), Proto.attribute(9, "b", Proto.number(2, 1)),
                    Proto.attribute(9, "array", array), Proto.attribute(9, "map", map),
                    Proto.attribute(9, "bytes", Proto.field(7, [0, 1, 2])), Proto.attribute(9, "none", []),
                    Proto.field(11, Proto.text(2, "event"))), Proto.span(2)))
        try #require(batch.count == 2 && batch.resources.count == 1)
        let span = batch.spans[0]
        #expect(span.traceID == TraceID(high: 0xAAAA_AAAA_AAAA_AAAA, low: 0xAAAA_AAAA_AAAA_AAAA))
        #expect(span.spanID == 0x0101_0101_0101_0101 && span.parentSpanID == 9)
        #expect(batch.string(span.name) == "GET /" && span.kind == .server && span.start == 100 && span.end == 250)
        #expect(span.status == .error && batch.string(span.statusMessage) == "reset")
        #expect(batch.string(span.traceState) == "a=b" && span.flags == 0x101)
        #expect(
            attributes(span.attributes, of: batch) == [
                "s=text", "i=int -1", "d=double 0.5", "b=true", #"array=["a\"",7,null]"#, #"map={"x":["a\"",7,null]}"#,
                #"bytes="AAEC""#, "none=''",
            ])
        let links = batch.links[batch.links.indices(of: span.links)]
        #expect(links.map(\.spanID) == [0x0606_0606_0606_0606])
        #expect(links.flatMap { attributes($0.attributes, of: batch) } == ["why=retry"])
        #expect(batch.resources[Int(span.resource)].serviceName == "shop")
        #expect(batch.spans[1].spanID == 0x0202_0202_0202_0202 && batch.spans[1].attributes.count == 0)
    }

    @Test func resourceHasItsAttributes() throws {
        let array = Proto.field(5, Proto.field(1, Proto.text(1, "a")), Proto.field(1, Proto.text(1, "b")))
        let mixed = Proto.field(5, Proto.field(1, Proto.text(1, "a")), Proto.field(1, Proto.number(2, 1)))
        let resource = Proto.field(
            1, Proto.attribute(1, "service.name", Proto.text(1, "shop")),
            Proto.attribute(1, "pid", Proto.number(3, 42)),
            Proto.attribute(1, "args", array), Proto.attribute(1, "mixed", mixed))
        let batch = try decode(Proto.field(1, resource, Proto.field(2, Proto.span(1))))
        #expect(batch.resources[0].attributes.map(\.key) == ["service.name", "pid", "args", "mixed"])
        #expect(
            batch.resources[0].attributes.map(\.value)
                == [.string("shop"), .int(42), .strings(["a", "b"]), .string(#"["a",true]"#)])
    }

    @Test func manyResourcesAreReadInLinearTime() throws {
        let spans = (0..<100_000).flatMap { _ in Proto.field(1, Proto.field(2, Proto.span(1))) + Proto.field(1) }
        let batch = try decode(spans)
        #expect(batch.count == 100_000 && batch.resources.count == 100_000)
    }

    @Test func valuesThatTheModelDoesNotHaveAreTheirDefault() throws {
        let batch = try decode(
            Proto.request(
                Proto.span(1, Proto.number(6, 1000), Proto.field(15, Proto.number(3, .max)), Proto.fixed64(7, 9))))
        #expect(batch.spans[0].kind == .unspecified && batch.spans[0].status == .unset)
        // An end before the start cannot be shown.
        #expect(batch.spans[0].start == 9 && batch.spans[0].end == 9)
    }

    @Test func otherSignalsHaveNoSpans() throws {
        let logs = try TelemetryReader.read(protobuf: Proto.request(Proto.field(2)), signal: .logs)
        #expect(SpanBatch(decoding: try #require(logs.batch)).isEmpty)
    }
}
