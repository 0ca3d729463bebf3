import Foundation

@testable import OTLP

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

    /// Spans with consecutive ids from 1, each with a text that does not shrink much.
    static func large(_ count: Int, bytesEach: Int) -> SpanBatch {
        var batch = SpanBatch()
        let index = batch.index(of: shop)
        var generator = SystemRandomNumberGenerator()
        for id in 1...UInt64(count) {
            var span = SpanData(
                traceID: TraceID(high: 0xABCD, low: id), spanID: id, parentSpanID: 0, kind: .server, start: id,
                end: id + 1, resource: index)
            let text = (0..<(bytesEach / 8)).map { _ in
                UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "z"), using: &generator)
            }
            let piece = String(decoding: text, as: UTF8.self)
            span.name = batch.append(string: String(repeating: piece, count: 8))
            batch.append(span)
        }
        return batch
    }

    /// A request as somebody else sent it, with so many items in one resource and scope, written field by field:
    /// resource, scope, then spans, gauges of one data point each, or log records, all without contents but for ids.
    static func received(_ signal: Signal, items: Int) -> ReceivedBatch {
        // Lengths of two bytes, so that any will do.
        func field(_ number: UInt8, _ body: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(body.count & 0x7F) | 0x80, UInt8(body.count >> 7)] + body
        }
        var scope: [UInt8] = []
        for item in 1...UInt8(items) {
            switch signal {
            case .traces:
                let traceID = [UInt8](repeating: 1, count: 16)
                scope += field(2, field(1, traceID) + field(2, [0, 0, 0, 0, 0, 0, 0, item]))
            case .metrics: scope += field(2, field(1, [0x6D]) + field(5, field(1, [])))
            case .logs: scope += field(2, field(5, field(1, [0x78])))
            }
        }
        return ReceivedBatch(signal: signal, bytes: field(1, field(2, scope)), items: items)
    }

    /// Ids as requests show them.
    static func ids(_ range: ClosedRange<UInt64>) -> [String] {
        range.map { id in
            let digits = String(id, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }
}
