import Foundation
import Testing

@testable import OTLP

@Suite struct DebugExporterTests {
    private let recorder = LogRecorder()

    /// Frontend, nginx and orders, the children before their parents, the last with an error.
    private func trace(_ low: UInt64 = 1) -> SpanBatch {
        var batch = SpanBatch()
        let services = [
            ("orders", "GET /orders", SpanKind.server, UInt64(3), UInt64(2)), ("nginx", "GET", .client, 2, 1),
            ("nginx", "GET /\u{1B}[31mcheckout", .server, 1, 0),
        ]
        for (service, name, kind, id, parent) in services {
            let resource = ResourceData(attributes: [("service.name", .string(service))])
            var span = SpanData(
                traceID: TraceID(high: 0xAB, low: low), spanID: id, parentSpanID: parent, kind: kind,
                start: 1_000_000 * id, end: 20_000_000 - 1_000_000 * id, resource: batch.index(of: resource))
            span.name = batch.append(string: name)
            span.attributes = IndexRange(start: UInt32(batch.attributes.count), count: 2)
            batch.append(Attribute(key: .known("http.response.status_code"), value: .int(id == 3 ? 500 : 200)))
            let key = batch.append(text: "interspan.link.method")
            batch.append(Attribute(key: .named(key), value: .text(id == 1 ? "none" : "flow")))
            if id == 3 {
                span.status = .error
                span.statusMessage = batch.append(text: "boom")
            }
            batch.append(span)
        }
        return batch
    }

    private func held(_ batch: SpanBatch) -> [HeldSpan] { batch.spans.map { HeldSpan($0, of: batch) } }

    @Test func aTraceIsATree() {
        let expected = """
            trace 00000000000000ab0000000000000001  3 spans  18.00 ms
               18.00 ms  nginx  GET /\u{FFFD}[31mcheckout  server  200
               16.00 ms  └─ nginx  GET  client  200  by flow
               14.00 ms     └─ orders  GET /orders  server  500  ERROR boom  by flow


            """
        #expect(TraceRenderer(.lines).render(held(trace())) == expected)
        let plain = """
            trace 00000000000000ab0000000000000001  3 spans  18.00 ms
               18.00 ms  nginx  GET /\u{FFFD}[31mcheckout  server  200
               16.00 ms    nginx  GET  client  200  by flow
               14.00 ms      orders  GET /orders  server  500  ERROR boom  by flow


            """
        #expect(TraceRenderer(.plain).render(held(trace())) == plain)
        #expect(TraceRenderer(.colours).render(held(trace())).contains("\u{1B}[31mERROR boom\u{1B}[0m"))
    }

    @Test func circlesAndDoublesAndDepthAreDrawnOnce() {
        var spans = held(trace())
        spans[2].parentSpanID = 3
        spans.append(spans[0])
        var deep = spans[0]
        for id in 10..<20_010 {
            deep.spanID = UInt64(id)
            deep.parentSpanID = UInt64(id - 1)
            spans.append(deep)
        }
        let lines = TraceRenderer(.lines).render(spans).split(separator: "\n")
        #expect(lines.count == spans.count + 1)
        #expect(lines.allSatisfy { $0.count < 400 })
    }

    @Test func childrenAreOrderedByStart() {
        var spans = held(trace())
        for (id, start) in [(7, 6), (8, 5)] {
            var child = spans[0]
            child.spanID = UInt64(id)
            child.parentSpanID = 1
            child.start = UInt64(start) * 1_000_000
            child.name = "child \(id)"
            spans.append(child)
        }
        let text = TraceRenderer(.lines).render(spans)
        let order = ["client", "child 8", "child 7"].compactMap { text.range(of: $0)?.lowerBound }
        #expect(order.count == 3)
        #expect(order == order.sorted())
        #expect(text.contains("├─ ") && text.contains("│  └─ "))
    }

    @Test func durationsAreReadable() {
        let samples: [(UInt64, String)] = [
            (0, "0.00 µs"), (1500, "1.50 µs"), (999_999, "999.99 µs"), (12_410_000, "12.41 ms"),
            (1_203_000_000, "1.20 s"),
            (61_000_000_000, "61.00 s"),
        ]
        for (nanoseconds, text) in samples { #expect(TraceRenderer.duration(nanoseconds) == text) }
    }

    @Test func aTraceIsFinishedWhenItIsWholeAndQuiet() {
        var settings = DebugSettings()
        settings.quietNanoseconds = 10
        settings.incompleteQuietNanoseconds = 100
        var assembly = TraceAssembly(settings)
        let spans = held(trace())
        _ = assembly.add(spans[0], now: 0)
        #expect(assembly.nextDue == 100)
        _ = assembly.add(spans[1], now: 50)
        #expect(assembly.finished(now: 149).isEmpty)
        _ = assembly.add(spans[2], now: 140)
        #expect(assembly.nextDue == 150)
        #expect(assembly.finished(now: 149).isEmpty)
        #expect(assembly.finished(now: 150).map(\.count) == [3])
        #expect(assembly.nextDue == nil)
        // What comes late is a trace of its own, shown without its root after the longer wait.
        _ = assembly.add(spans[0], now: 200)
        #expect(assembly.finished(now: 299).isEmpty)
        #expect(assembly.finished(now: 300).map(\.count) == [1])
    }

    @Test func theOldestTraceIsEvicted() {
        var settings = DebugSettings()
        settings.maxTraces = 2
        var assembly = TraceAssembly(settings)
        var evicted = 0
        for low in 1...3 {
            for span in held(trace(UInt64(low))) { evicted += assembly.add(span, now: UInt64(low)) }
        }
        #expect(evicted == 3)
        settings.maxTraces = 100
        settings.maxSpans = 7
        assembly = TraceAssembly(settings)
        evicted = 0
        for low in 1...3 {
            for span in held(trace(UInt64(low))) { evicted += assembly.add(span, now: UInt64(low)) }
        }
        #expect(evicted == 3)
        #expect(assembly.drain().map { $0[0].traceID.low }.sorted() == [2, 3])
    }

    @Test func finishedTracesArePrintedAndTheRestAtTheEnd() throws {
        let output = Pipe()
        var settings = DebugSettings()
        settings.descriptor = output.fileHandleForWriting.fileDescriptor
        settings.quietNanoseconds = 1_000_000
        settings.incompleteQuietNanoseconds = 3_600_000_000_000
        let exporter = DebugExporter(name: "debug", settings: settings, log: recorder.log)
        try exporter.start()
        #expect(exporter.enqueue(trace(1)))
        eventually { exporter.counters.sent == 3 }
        #expect(exporter.counters.sent == 3)
        var unfinished = SpanBatch()
        let orders = trace(2)
        for span in orders.spans.prefix(1) {
            var copy = span
            copy.resource = unfinished.index(of: Samples.shop)
            copy.name = .empty
            copy.attributes = .empty
            copy.statusMessage = .empty
            unfinished.append(copy)
        }
        #expect(exporter.enqueue(unfinished))
        eventually { exporter.counters.queued == 1 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.sent == 4)
        #expect(exporter.counters.queued == 0)
        try output.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.contains("trace 00000000000000ab0000000000000001  3 spans"))
        #expect(text.contains("trace 00000000000000ab0000000000000002  1 span "))
        // A pipe gets neither colours nor lines.
        #expect(!text.contains("\u{1B}") && !text.contains("─"))
    }
}
