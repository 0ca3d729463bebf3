import Testing

@testable import OTLP

/// What ``ReceivedSpans`` finds in requests that are written field by field.
@Suite struct SpanIndexTests {
    private func read(_ bytes: [UInt8]) throws -> ReceivedSpans {
        ReceivedSpans(try #require(ReceivedBatch(checking: bytes, signal: .traces)))
    }

    private func text(_ key: String, _ text: String) -> [UInt8] { Proto.attribute(9, key, Proto.text(1, text)) }

    private func number(_ key: String, _ number: UInt64) -> [UInt8] {
        Proto.attribute(9, key, Proto.number(3, number))
    }

    /// The port of a server span with such attributes.
    private func port(_ attributes: [UInt8]..., kind: UInt64 = 2) throws -> UInt16 {
        try read(Proto.request(Proto.span(1, attributes.flatMap { $0 }, Proto.number(6, kind)))).spans[0].peerPort
    }

    private func signature(_ attributes: [UInt8]...) throws -> UInt64 {
        try read(Proto.request(Proto.span(1, attributes.flatMap { $0 }))).spans[0].signature
    }

    private func signature(_ method: String, _ path: String) -> UInt64 {
        Array(method.utf8).withUnsafeBytes { method in
            Array(path.utf8).withUnsafeBytes { RequestSignature(method: method).with(path: $0) }
        }
    }

    @Test func spanHasItsIDsKindAndTimes() throws {
        let found = try read(
            Proto.request(
                Proto.span(
                    1, Proto.field(4, [1, 2, 3, 4, 5, 6, 7, 8]), Proto.number(6, 3), Proto.fixed64(7, 100),
                    Proto.fixed64(8, 250)), Proto.span(2)))
        try #require(found.spans.count == 2)
        let span = found.spans[0]
        #expect(span.traceID == TraceID(high: 0xAAAA_AAAA_AAAA_AAAA, low: 0xAAAA_AAAA_AAAA_AAAA))
        #expect(span.spanID == 0x0101_0101_0101_0101 && span.parentSpanID == 0x0102_0304_0506_0708)
        #expect(span.kind == .client && span.start == 100 && span.end == 250)
        let other = found.spans[1]
        #expect(other.spanID == 0x0202_0202_0202_0202 && other.parentSpanID == 0 && other.kind == .unspecified)
        #expect(other.peerPort == 0 && other.signature == 0)
    }

    @Test func ofAFieldThatIsThereTwiceTheLastCounts() throws {
        let span = try read(
            Proto.request(
                Proto.span(
                    1, Proto.field(1, [UInt8](repeating: 7, count: 16)),
                    Proto.field(4, [UInt8](repeating: 5, count: 8)),
                    Proto.field(4), Proto.number(6, 2), Proto.number(6, 5), Proto.fixed64(7, 1), Proto.fixed64(7, 2)))
        ).spans[0]
        #expect(span.traceID == TraceID(high: 0x0707_0707_0707_0707, low: 0x0707_0707_0707_0707))
        #expect(span.parentSpanID == 0 && span.kind == .consumer && span.start == 2)
    }

    @Test func resourceSaysWhoSentTheSpans() throws {
        let first = Proto.field(
            1, Proto.attribute(1, "service.name", Proto.text(1, "shop")),
            Proto.attribute(1, "service.instance.id", Proto.text(1, "i-1")),
            Proto.attribute(1, "process.pid", Proto.number(3, 4711)),
            Proto.attribute(1, "host.name", Proto.text(1, "node")), Proto.attribute(1, "host.id", Proto.text(1, "h")))
        let second = Proto.field(1, Proto.attribute(1, "process.pid", Proto.text(1, "815")))
        // The resource may follow its spans, and may come in two parts.
        let found = try read(
            Proto.field(1, first, Proto.field(2, Proto.span(1)), Proto.field(2, Proto.span(2))) + Proto.field(1)
                + Proto.field(1, Proto.field(2, Proto.span(3)), second)
                + Proto.field(1, first, Proto.field(2, Proto.span(4)), second))
        #expect(found.spans.map(\.resource) == [0, 0, 1, 2])
        var shop = ReceivedResource()
        shop.serviceName = "shop"
        shop.serviceInstance = "i-1"
        shop.processID = 4711
        shop.hostName = "node"
        shop.hostID = "h"
        var bare = ReceivedResource()
        bare.processID = 815
        var both = shop
        both.processID = 815
        #expect(found.resources == [shop, bare, both])
    }

    @Test(arguments: [
        Proto.number(3, 0x8000_0000), Proto.number(3, .max), Proto.text(1, "99999999999"), Proto.text(1, "12a"),
        Proto.text(1, ""), Proto.double(4, 12), [],
    ])
    func processIDThatIsNoneIsAbsent(value: [UInt8]) throws {
        let resource = Proto.field(1, Proto.attribute(1, "process.pid", value))
        let found = try read(Proto.field(1, resource, Proto.field(2, Proto.span(1))))
        #expect(found.resources.map(\.processID) == [0])
    }

    @Test func serverSpanSaysItsPeersPortInWhateverConventionsItFollows() throws {
        for key in ["network.peer.port", "net.sock.peer.port", "net.peer.port", "client.port"] {
            #expect(try port(number(key, 54321)) == 54321)
            #expect(try port(text(key, "54321")) == 54321)
            #expect(try port(number(key, 54321), kind: 3) == 0)
            #expect(try port(number(key, 65536)) == 0)
            #expect(try port(number(key, 0)) == 0)
            #expect(try port(text(key, "http")) == 0)
            #expect(try port(number(key + "s", 1)) == 0)
        }
    }

    @Test func portOfTheConnectionCountsBeforeThatOfAProxysClient() throws {
        let keys = ["network.peer.port", "net.sock.peer.port", "net.peer.port", "client.port"]
        for (place, key) in keys.enumerated() {
            for other in keys[(place + 1)...] {
                #expect(try port(number(key, 1), number(other, 2)) == 1)
                #expect(try port(number(other, 2), number(key, 1)) == 1)
                // One that says nothing does not count.
                #expect(try port(number(other, 2), text(key, "none")) == 2)
            }
        }
    }

    @Test func spanOfAnAgentSaysWhichExchangeItIsAnEndOf() throws {
        func span(_ attributes: [UInt8]...) throws -> ReceivedSpan {
            try read(Proto.request(Proto.span(1, attributes.flatMap { $0 }))).spans[0]
        }
        let none = TraceID(high: 0, low: 0)
        let exchange = text("interspan.exchange.id", "0123456789abcdeffedcba9876543210")
        let found = try span(exchange, text("network.peer.address", "10.0.0.1"))
        #expect(found.exchange == TraceID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210))
        #expect(found.peerAddress != 0)
        #expect(try span(exchange, text("network.peer.address", "10.0.0.2")).peerAddress != found.peerAddress)
        #expect(try span(exchange).peerAddress == 0)
        // Of others nobody asks for it.
        #expect(try span(text("network.peer.address", "10.0.0.1")).peerAddress == 0)
        for wrong in [
            "0123456789ABCDEFFEDCBA9876543210", "0123456789abcdeffedcba987654321", "",
            "g" + .init(repeating: "0", count: 31),
        ] {
            #expect(try span(text("interspan.exchange.id", wrong)).exchange == none)
        }
        #expect(try span(number("interspan.exchange.id", 1)).exchange == none)
    }

    @Test func batchWithSpansOfAnAgentIsKnownByTheirScope() throws {
        func hasOwn(_ scopes: [UInt8]...) throws -> Bool {
            let scopes = scopes.map { Proto.field(2, $0 + Proto.span(1)) }
            return try #require(ReceivedBatch(checking: Proto.field(1, scopes.flatMap { $0 }), signal: .traces))
                .hasOwnScope
        }
        func scope(_ name: String) -> [UInt8] { Proto.field(1, Proto.text(1, name)) }
        #expect(try hasOwn(scope("interspan")))
        #expect(try hasOwn(scope("shop"), [], scope("interspan")))
        #expect(try !hasOwn(scope("interspans")))
        #expect(try !hasOwn(scope("")))
        #expect(try !hasOwn([]))
    }

    @Test func signatureIsOfMethodAndPathInWhateverConventions() throws {
        let expected = signature("GET", "/orders/7")
        #expect(expected != 0)
        for method in ["http.request.method", "http.method"] {
            #expect(try signature(text(method, "GET"), text("url.path", "/orders/7")) == expected)
            #expect(try signature(text("http.target", "/orders/7?a=b#c"), text(method, "GET")) == expected)
            #expect(try signature(text(method, "GET"), text("url.full", "https://u:p@h:1/orders/7?a")) == expected)
            #expect(try signature(text(method, "GET"), text("http.url", "http://h/orders/7#x")) == expected)
            #expect(try signature(text(method, "POST"), text("url.path", "/orders/7")) != expected)
            #expect(try signature(text(method, "GET")) == 0)
        }
        #expect(try signature(text("url.path", "/orders/7")) == 0)
        #expect(try signature(text("http.request.method", "_OTHER"), text("url.path", "/orders/7")) == 0)
        #expect(
            try signature(
                text("http.method", "GET"), text("http.url", "http://h/other"), text("url.path", "/orders/7"),
                text("url.full", "http://h/other"), text("http.request.method", "GET")) == expected)
    }

    @Test func signatureOfATargetIsThatOfItsPath() {
        #expect(signature("GET", "") == signature("GET", "/"))
        #expect(signature("GET", "http://host") == signature("GET", "/"))
        #expect(signature("GET", "http://host?q") == signature("GET", "/"))
        #expect(signature("GET", "http://host/a?b=http://c/d") == signature("GET", "/a"))
        // What only looks like a URL.
        #expect(signature("GET", "/a://b/c") != signature("GET", "/c"))
        #expect(signature("GET", "*") != signature("GET", "/"))
        #expect(signature("GET", "://b/c") != signature("GET", "/c"))
        // FNV-1a of "GET /", by another implementation.
        #expect(signature("GET", "/") == 0x773F_8FF4_1762_CDEE)
    }

    @Test func placesAreThoseOfTheRequestAndMemoryIsReused() throws {
        var found = ReceivedSpans()
        for count in [UInt8(9), 3, 5] {
            let spans = (1...count).flatMap { Proto.field(1, Proto.field(2, Proto.span($0))) }
            found.read(try #require(ReceivedBatch(checking: spans, signal: .traces)))
            #expect(found.spans.map { UInt8(truncatingIfNeeded: $0.spanID) } == Array(1...count))
            #expect(
                found.spans.map(\.resource) == (0..<UInt32(count)).map { $0 } && found.resources.count == Int(count))
        }
        let logs = try #require(ReceivedBatch(checking: Proto.request(Proto.field(2)), signal: .logs))
        found.read(logs)
        #expect(found.spans.isEmpty && found.resources.isEmpty)
    }

    @Test func emptyResourcesTakeNoMemory() throws {
        let empty = (0..<100_000).flatMap { _ in Proto.field(1) }
        let found = try read(empty + Proto.request(Proto.span(1)) + empty)
        #expect(found.resources.count == 1 && found.resources.first?.serviceName == "shop")
    }
}
