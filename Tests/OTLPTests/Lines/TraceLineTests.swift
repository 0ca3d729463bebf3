import Testing

@testable import OTLP

@Suite struct TraceLineTests {
    private let place = LinePlacement(
        traceID: TraceID(high: 0x0102, low: 0x0304), parentSpanID: 0x0A0B, method: "timing", confidence: 0.9254)
    private let ids = #""traceId":"00000000000001020000000000000304","parentSpanId":"0000000000000a0b""#
    private let both =
        #"{"key":"interspan.link.method","value":{"stringValue":"timing"}},"#
        + #"{"key":"interspan.link.confidence","value":{"doubleValue":0.925}}"#

    private func text(_ span: String, resource: String = "{}") -> String {
        #"{"resourceSpans":[{"resource":\#(resource),"scopeSpans":[{"scope":{},"spans":[\#(span)]}]}]}"#
    }

    private func spans(_ text: String) throws -> [LineSpan] {
        var line = TraceLine()
        var text = text
        try text.withUTF8 { try line.read(UnsafeRawBufferPointer($0)) }
        return line.spans
    }

    private func owner(_ attributes: String) throws -> UInt64 {
        var line = TraceLine()
        var text = text("{}", resource: #"{"attributes":[\#(attributes)]}"#)
        try text.withUTF8 { try line.read(UnsafeRawBufferPointer($0)) }
        return try #require(line.owners.first)
    }

    private func rewritten(_ text: String, _ place: LinePlacement) throws -> String {
        var line = TraceLine()
        var out: [UInt8] = []
        var text = text
        try text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            try line.read(bytes)
            line.append(bytes, to: &out) { _ in place }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private func attribute(_ key: String, _ value: String) -> String { #"{"key":"\#(key)","value":{\#(value)}}"# }

    @Test func whatIsAskedOfASpanIsRead() throws {
        let span = try #require(
            try spans(
                text(
                    #"{"spanId":"00F067aa0ba902b7","kind":"SPAN_KIND_SERVER","name":"GET \u002f","#
                        + #""startTimeUnixNano":"17","endTimeUnixNano":18,"attributes":["#
                        + attribute("thread.id", #""intValue":"7""#) + ","
                        + attribute("network.peer.port", #""intValue":40000"#) + "]}")
            ).first)
        #expect(span.spanID == 0x00F0_67AA_0BA9_02B7)
        #expect(span.kind == .server && span.start == 17 && span.end == 18)
        #expect(span.thread != 0 && span.clientPort == 40_000)
        let other = try spans(text(#"{"name":"GET /","kind":2,"start_time_unix_nano":"17"}"#))[0]
        #expect(other.operation == span.operation && other.start == 17 && other.spanID == 0)
    }

    @Test func whatATextSaysOutlivesTheNamesBehindIt() throws {
        func thread(_ value: String) throws -> UInt64 {
            try spans(text(#"{"attributes":["# + attribute("thread.id", value) + "]}"))[0].thread
        }
        // Both the value and the member behind it have escapes; long ones make a buffer grow.
        for (value, name) in [
            ("a", "b"), (String(repeating: "a", count: 200_000), String(repeating: "b", count: 300_000)),
        ] {
            let plain = try thread(#""stringValue":"\#(value)""#)
            let escaped = try thread(#""stringValue":"\u0061\#(value.dropFirst())","\u0062\#(name)":1"#)
            #expect(plain == escaped && plain != 0)
        }
    }

    @Test func bothEndsOfACallSayTheSameOfWhatIsAskedFor() throws {
        let pairs = [
            (
                attribute("http.request.method", #""stringValue":"GET""#) + ","
                    + attribute("url.full", #""stringValue":"http://shop:80/a?q=1""#),
                attribute("http.method", #""stringValue":"GET""#) + ","
                    + attribute("http.target", #""stringValue":"/a?q=1""#)
            ),
            (
                attribute("rpc.service", #""stringValue":"S""#) + ","
                    + attribute("rpc.method", #""stringValue":"M""#),
                attribute("rpc.method", #""stringValue":"M""#) + ","
                    + attribute("rpc.service", #""stringValue":"S""#)
            ),
        ]
        for (client, server) in pairs {
            let call = try spans(text(#"{"kind":3,"attributes":[\#(client)]}"#))[0]
            let request = try spans(text(#"{"kind":2,"attributes":[\#(server)]}"#))[0]
            #expect(call.signature != 0 && call.signature == request.signature)
        }
    }

    @Test func anIdInAHeaderIsThatInAnAttribute() throws {
        let header = attribute(
            "http.request.header.x-request-id", #""arrayValue":{"values":[{"stringValue":"r1"}]}"#)
        let plain = attribute("x-request-id", #""stringValue":"r1""#)
        let first = try spans(text(#"{"attributes":[\#(header)]}"#))[0]
        let second = try spans(text(#"{"attributes":[\#(plain),\#(header)]}"#))[0]
        #expect(first.ids[0] != 0 && first.ids[0] == second.ids[0] && second.ids[1] == 0)
    }

    @Test func anOwnerIsAServiceWithItsInstanceElseItsHost() throws {
        let service = attribute("service.name", #""stringValue":"shop""#)
        let instance = attribute("service.instance.id", #""stringValue":"i""#)
        let host = attribute("host.name", #""stringValue":"h""#)
        let all = try [service, "\(service),\(instance)", "\(service),\(host)", instance].map { try owner($0) }
        #expect(Set(all).count == 4)
        #expect(try owner("\(instance),\(service),\(host)") == all[1])
    }

    @Test func everythingElseStaysByteForByte() throws {
        let head = #" { "unknown" : [1, {"a":null}], "resourceSpans":[{"schemaUrl":"x","scopeSpans":[{"spans":[{ "#
        let tail = #", "links":[{"traceId":"ff"}], "name":"\u00e9" } ]}]}] } "#
        let text = head + #""traceId" : "00","parentSpanId":"","attributes": [ {"key":"a"} ]"# + tail
        let expected =
            head + #""traceId" : "00000000000001020000000000000304","parentSpanId":"0000000000000a0b","attributes": ["#
            + both + #", {"key":"a"} ]"# + tail
        #expect(try rewritten(text, place) == expected)
    }

    @Test func whatASpanLacksIsAdded() throws {
        #expect(try rewritten(text("{}"), place) == text("{" + ids + ",\"attributes\":[" + both + "]}"))
        #expect(
            try rewritten(text(#"{"name":"n"}"#), place)
                == text("{" + ids + ",\"attributes\":[" + both + #"],"name":"n"}"#))
        #expect(
            try rewritten(text(#"{"attributes":null,"traceId":null}"#), place)
                == text(
                    #"{"parentSpanId":"0000000000000a0b","attributes":["# + both
                        + #"],"traceId":"00000000000001020000000000000304"}"#))
        #expect(
            try rewritten(text(#"{"attributes":[],"traceId":"","parentSpanId":""}"#), place)
                == text(
                    #"{"attributes":["# + both
                        + #"],"traceId":"00000000000001020000000000000304","parentSpanId":"0000000000000a0b"}"#))
    }

    @Test func whatWasWrittenBeforeIsReplaced() throws {
        let once = try rewritten(text(#"{"attributes":[{"key":"a"}]}"#), place)
        #expect(try rewritten(once, place) == once)
        var root = place
        root.parentSpanID = 0
        root.confidence = 1
        let twice = try rewritten(once, root)
        #expect(twice.contains(#""parentSpanId":"""#) && twice.contains(#""doubleValue":1}"#))
        #expect(!twice.contains("0.925"))
    }

    @Test func confidenceIsAlwaysJSON() throws {
        for (value, text) in [(0, "0"), (1, "1"), (0.05, "0.05"), (0.5, "0.5"), (.nan, "0"), (9, "1"), (0.9999, "1")] {
            var place = place
            place.confidence = value
            #expect(try rewritten(self.text("{}"), place).contains("\"doubleValue\":\(text)}"))
        }
    }

    @Test func whatIsNoRequestIsRefused() {
        let wrong = [
            "", "x", "[]", "{", #"{"resourceSpans":1}"#, #"{"resourceSpans":[{}]"#, #"{"resourceSpans":[1]}"#,
            text(#"{"attributes":1}"#), text(#"{"attributes":[1]}"#), text("{}") + "{}", text(#"{"name":"\#u{1}"}"#),
            text(#"{"name":"\x"}"#), text(#"{"a":\#(String(repeating: "[", count: 5000))}"#),
        ]
        for text in wrong { #expect(throws: MalformedLine.self) { try spans(text) } }
    }

    @Test func whatHasNoSpansIsBorne() throws {
        for text in ["{}", #"{"resourceMetrics":[{}]}"#, #"{"resourceSpans":[]}"#, #"{"resourceSpans":null}"#] {
            #expect(try spans(text).isEmpty)
            #expect(try rewritten(text, place) == text)
        }
    }

    @Test func everyCutOfALineIsRefusedOrReadAndNothingTraps() throws {
        let whole = Array(
            text(
                #"{"traceId":"00","spanId":"00f067aa0ba902b7","kind":3,"name":"a\n","startTimeUnixNano":"1","#
                    + #""attributes":["# + attribute("url.full", #""stringValue":"http://a/b""#) + "]}"
            ).utf8)
        for count in 0..<whole.count {
            #expect(throws: MalformedLine.self) {
                try spans(String(decoding: whole.prefix(count), as: UTF8.self))
            }
        }
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            var line = TraceLine()
            var out: [UInt8] = []
            bytes.withUnsafeBytes { text in
                guard (try? line.read(text)) != nil else { return }
                line.append(text, to: &out) { _ in place }
            }
        }
    }
}
