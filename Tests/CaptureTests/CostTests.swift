import Testing

@testable import Capture

/// What an exchange costs, printed rather than judged: how fast a machine is proves nothing.
@Suite struct CostTests {
    @Test func costOfAnExchange() {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent", "tracestate", "sw8", "b3"]
        var tracker = ConnectionTracker(options: options)
        var batch = ObservationBatch()
        var builder = RecordBuilder()
        let request =
            "GET /cart/items?id=1 HTTP/1.1\r\nHost: shop:8080\r\nUser-Agent: curl/8.1\r\nAccept: */*\r\n"
            + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nAccept-Encoding: gzip\r\n\r\n"
        let response = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
        let count = 20_000
        let records = (0..<count).flatMap { _ in [builder.receive(request), builder.send(response)] }
        let duration = ContinuousClock().measure {
            for record in records {
                record.withRecord { tracker.consume($0, into: &batch) }
                if batch.observations.count > 1000 { batch.removeAll() }
            }
        }
        #expect(tracker.counters.closed == UInt64(count))
        print("an exchange end of two records: \(duration / count)")
    }
}
