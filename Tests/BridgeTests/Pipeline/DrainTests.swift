import OTLP
import Synchronization
import Testing
import Threading

@testable import Bridge

/// The end, which nothing may hold up.
@Suite struct DrainTests {
    @Test func eachPartLeavesTimeToTheNext() {
        let now: UInt64 = 1_000_000_000
        let times = DrainTimes(from: now)
        #expect(times.observed > now)
        #expect(times.received > times.observed)
        #expect(times.exported > times.received)
        #expect(times.exported == now + 15_000_000_000)
        #expect(DrainTimes(from: now, DrainTimes.brief).exported == now + 1_000_000_000)
    }

    @Test func whoWaitsForRoomInAFullQueueIsLetGo() throws {
        var settings = OTLPHTTPSettings(endpoint: "http://127.0.0.1:9/v1/traces")
        settings.queue.size = 1
        settings.queue.blockOnOverflow = true
        let exporter = OTLPHTTPExporter(name: "otlp_http", settings: settings, log: ExporterLog { _ in })
        let group = ExporterGroup([exporter])
        let handedOver = StopSignal()
        let thread = try OSThread(name: "test") {
            for _ in 0..<2 { group.export(Self.batch) }
            handedOver.set()
        }
        #expect(!handedOver.wait(until: Monotonic.now() + 100_000_000))
        group.close(deadline: Monotonic.now())
        #expect(handedOver.wait(until: Monotonic.now() + 20_000_000_000))
        thread.join()
        group.shutdown(deadline: Monotonic.now())
        #expect(exporter.counters.accepted == 1)
        #expect(exporter.counters.refused == 1)
    }

    private static var batch: SpanBatch {
        var batch = SpanBatch()
        let resource = batch.index(of: ResourceData(attributes: []))
        batch.append(
            SpanData(
                traceID: TraceID(high: 1, low: 2), spanID: 3, parentSpanID: 0, kind: .server, start: 1, end: 2,
                resource: resource))
        return batch
    }
}
