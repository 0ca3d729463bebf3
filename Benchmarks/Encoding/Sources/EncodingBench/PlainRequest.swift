/// The values that are encoded, as a Swift program has them: one resource and the spans of a small service.
struct PlainRequest {
    /// Who made the spans.
    var resource: [PlainAttribute]
    /// The spans.
    var spans: [PlainSpan]
}

/// A span.
struct PlainSpan {
    /// The trace, as two halves.
    var traceID: (high: UInt64, low: UInt64)
    /// The span.
    var spanID: UInt64
    /// Its parent; 0 for a root.
    var parentSpanID: UInt64
    /// A number of `SpanKind`.
    var kind: UInt8
    /// Start and end, ns since 1970.
    var start: UInt64
    var end: UInt64
    /// As on the wire.
    var flags: UInt32
    /// Its name.
    var name: String
    /// What went wrong, if it did.
    var failure: String?
    /// What is known of it.
    var attributes: [PlainAttribute]
}

/// An attribute.
struct PlainAttribute {
    /// Its key, in both forms that a program may have of text in its source.
    var key: (fixed: StaticString, string: String)
    /// Its value.
    var value: PlainValue

    /// An attribute.
    init(_ key: StaticString, _ value: PlainValue) {
        self.key = (key, key.description)
        self.value = value
    }
}

/// A value of an attribute.
enum PlainValue {
    case string(String)
    case int(Int64)
}

extension PlainRequest {
    /// So many HTTP spans of ten attributes each, no two alike.
    init(spans count: Int) {
        resource = [
            PlainAttribute("service.name", .string("checkout")),
            PlainAttribute("service.instance.id", .string("627cc493-f310-47de-96bd-71410b7dec09")),
            PlainAttribute("host.name", .string("node-17.eu-west.example.com")),
            PlainAttribute("process.pid", .int(71_423)),
        ]
        spans = (0..<UInt64(count)).map { PlainSpan(number: $0) }
    }
}

extension PlainSpan {
    fileprivate init(number: UInt64) {
        let scrambled = (number &+ 1) &* 0x9E37_79B9_7F4A_7C15
        let failed = number % 16 == 0
        traceID = (scrambled, ~scrambled)
        spanID = scrambled ^ 0x5555
        parentSpanID = number % 8 == 0 ? 0 : scrambled ^ 0xAAAA
        kind = number % 2 == 0 ? 2 : 3
        start = 1_790_000_000_000_000_000 + number * 1_000_003
        end = start + 1_250_000 + number
        flags = 0x101
        name = "GET /orders/{id}"
        failure = failed ? "upstream connection refused" : nil
        attributes = [
            PlainAttribute("http.request.method", .string("GET")),
            PlainAttribute("url.path", .string("/orders/\(1_000_000 + number)/items")),
            PlainAttribute("url.scheme", .string("http")),
            PlainAttribute("http.response.status_code", .int(failed ? 502 : 200)),
            PlainAttribute("http.response.body.size", .int(Int64(600 + number))),
            PlainAttribute("server.address", .string("orders.internal.example.com")),
            PlainAttribute("server.port", .int(8080)),
            PlainAttribute("client.address", .string("10.1.\(number / 256).\(number % 256)")),
            PlainAttribute("network.protocol.version", .string("1.1")),
            PlainAttribute("user_agent.original", .string("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101")),
        ]
    }
}
