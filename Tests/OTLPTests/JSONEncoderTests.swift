import Foundation
import Testing

@testable import OTLP

@Suite struct JSONEncoderTests {
    private func text(_ batch: SpanBatch) -> String {
        TelemetryEncoder(.json).encode(batch) { String(decoding: $0, as: UTF8.self) }
    }

    private func object(_ batch: SpanBatch) throws -> [String: Any] {
        let parsed = try JSONSerialization.jsonObject(with: Data(text(batch).utf8))
        return try #require(parsed as? [String: Any])
    }

    private func spans(_ batch: SpanBatch) throws -> [[String: Any]] {
        let resources = try #require(try object(batch)["resourceSpans"] as? [[String: Any]])
        return resources.flatMap { resource in
            (resource["scopeSpans"] as? [[String: Any]] ?? []).flatMap { $0["spans"] as? [[String: Any]] ?? [] }
        }
    }

    @Test func aSpanHasOTLPsOwnJSON() {
        var batch = SpanBatch()
        let resource = batch.index(of: Samples.nginx)
        var span = SpanData(
            traceID: TraceID(high: 0x0123_4567_89AB_CDEF, low: 1), spanID: 0xFEDC, parentSpanID: 0xA, kind: .client,
            start: .max - 1, end: .max, resource: resource)
        span.name = batch.append(text: "GET")
        span.status = .error
        span.flags = 1
        span.attributes = IndexRange(start: 0, count: 4)
        batch.append(Attribute(key: .known("i"), value: .int(.min)))
        batch.append(Attribute(key: .known("d"), value: .double(0.1)))
        batch.append(Attribute(key: .known("b"), value: .bool(false)))
        batch.append(Attribute(key: .known("t"), value: .text("x")))
        batch.append(span)
        let schema = "\"schemaUrl\":\"\(Conventions.schemaURL)\""
        let expected = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"nginx"}}]},\
            "scopeSpans":[{"scope":{"name":"interspan","version":"\(Conventions.scopeVersion)"},"spans":[\
            {"traceId":"0123456789abcdef0000000000000001","spanId":"000000000000fedc",\
            "parentSpanId":"000000000000000a","flags":1,"name":"GET","kind":3,\
            "startTimeUnixNano":"18446744073709551614","endTimeUnixNano":"18446744073709551615","attributes":[\
            {"key":"i","value":{"intValue":"-9223372036854775808"}},{"key":"d","value":{"doubleValue":0.1}},\
            {"key":"b","value":{"boolValue":false}},{"key":"t","value":{"stringValue":"x"}}],\
            "status":{"code":2}}],\(schema)}],\(schema)}]}
            """
        #expect(text(batch) == expected)
    }

    @Test func everyCharacterComesBackAsItWas() throws {
        let characters =
            String(String.UnicodeScalarView((0...0x2FF).compactMap { Unicode.Scalar($0) })) + "\u{2028}😀\\\""
        var batch = SpanBatch()
        var span = SpanData(
            traceID: TraceID(high: 1, low: 1), spanID: 1, parentSpanID: 0, kind: .server, start: 1, end: 2,
            resource: batch.index(of: Samples.shop))
        span.name = batch.append(string: characters)
        batch.append(span)
        #expect(try spans(batch).first?["name"] as? String == characters)
        #expect(!text(batch).contains("\n"))
    }

    @Test func whatIsNotUTF8IsReplaced() throws {
        let samples: [([UInt8], String)] = [
            ([0x61, 0xFF, 0x62], "a\u{FFFD}b"), ([0xC3], "\u{FFFD}"), ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"), (Array("plain ascii é".utf8), "plain ascii é"), ([0], "\0"),
        ]
        for (bytes, expected) in samples {
            var batch = SpanBatch()
            var span = SpanData(
                traceID: TraceID(high: 1, low: 1), spanID: 1, parentSpanID: 0, kind: .server, start: 1, end: 2,
                resource: batch.index(of: Samples.shop))
            span.name = bytes.withUnsafeBytes { batch.append(bytes: $0) }
            batch.append(span)
            #expect(try spans(batch).first?["name"] as? String == expected)
        }
    }

    @Test func numbersThatJSONLacksAreNamed() {
        let values: [(Double, String)] = [
            (.nan, "\"NaN\""), (.infinity, "\"Infinity\""), (-.infinity, "\"-Infinity\""), (1e300, "1e+300"),
            (-0.5, "-0.5"), (.leastNonzeroMagnitude, "5e-324"),
        ]
        for (value, expected) in values {
            let buffer = ByteBuffer()
            JSONWriter(buffer: buffer).double(value)
            #expect(String(decoding: buffer.bytes, as: UTF8.self) == expected)
        }
    }

    @Test func numbersAreWrittenAsSwiftDescribesThem() {
        func written(_ write: (JSONWriter) -> Void) -> String {
            let buffer = ByteBuffer()
            write(JSONWriter(buffer: buffer))
            return String(decoding: buffer.bytes, as: UTF8.self)
        }
        for value in [0, -0.0, 1, -1, 0.25, 100, -7, 999_999_999_999_999, 1e15, 1e16, -1e15, 1_234_567.5, 4e18] {
            #expect(written { $0.double(value) } == value.description)
        }
        var number: UInt64 = 1
        for _ in 0..<20 {
            for value in [number &- 1, number, number &* 9] {
                #expect(written { $0.decimal(value) } == value.description)
            }
            number = number &* 10
        }
        #expect(written { $0.decimal(UInt64.max) } == UInt64.max.description)
        #expect(written { $0.decimal(Int64.min) } == Int64.min.description)
    }

    @Test func aRangeThatIsWrongCostsTheAttributeAlone() throws {
        var batch = SpanBatch()
        var span = SpanData(
            traceID: TraceID(high: 1, low: 1), spanID: 1, parentSpanID: 0, kind: .server, start: 1, end: 2, resource: 9)
        span.name = ArenaRange(offset: 5, count: .max)
        span.attributes = IndexRange(start: 3, count: .max)
        span.links = IndexRange(start: .max, count: .max)
        batch.append(span)
        #expect(try spans(batch).count == 1)
        #expect(TelemetryEncoder(.protobuf).encode(batch) { $0.count } > 0)
    }
}
