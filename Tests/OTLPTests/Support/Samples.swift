import OTLP

/// Batches for tests.
enum Samples {
    static let shop = ResourceData(attributes: [
        ("service.name", .string("shop")), ("process.pid", .int(4_294_967_296)),
        ("process.command_args", .strings(["python3", "-m", "shop"])),
    ])
    static let nginx = ResourceData(attributes: [("service.name", .string("nginx"))])

    /// So many spans with consecutive ids from `first`, each a child of the one before within its trace of `perTrace`.
    static func batch(_ count: Int, first: UInt64 = 1, resource: ResourceData = shop) -> SpanBatch {
        var batch = SpanBatch()
        let index = batch.index(of: resource)
        for number in 0..<UInt64(count) {
            let id = first + number
            var span = SpanData(
                traceID: TraceID(high: 0xABCD, low: id / 16 + 1), spanID: id, parentSpanID: 0, kind: .server,
                start: 1_700_000_000_000_000_000 + id * 1000, end: 1_700_000_000_000_000_500 + id * 1000,
                resource: index)
            span.name = batch.append(text: "GET /cart")
            span.attributes.start = UInt32(batch.attributes.count)
            batch.append(Attribute(key: .known("http.request.method"), value: .text("GET")))
            batch.append(Attribute(key: .known("http.response.status_code"), value: .int(200)))
            let path = batch.append(string: "/cart/\(id)")
            batch.append(Attribute(key: .known("url.path"), value: .string(path)))
            span.attributes.count = 3
            batch.append(span)
        }
        return batch
    }

    /// Ids as requests show them.
    static func ids(_ range: ClosedRange<UInt64>) -> [String] {
        range.map { id in
            let digits = String(id, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }
}
