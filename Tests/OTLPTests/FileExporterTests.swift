import Foundation
import Testing

@testable import OTLP

@Suite struct FileExporterTests {
    private let directory = TemporaryDirectory()
    private let recorder = LogRecorder()

    @Test func everyLineIsARequestAndLinesAreAppended() throws {
        let path = directory.path("spans.jsonl")
        for round in 0..<2 {
            let exporter = FileExporter(name: "file", settings: FileSettings(path: path), log: recorder.log)
            try exporter.start()
            for number in 0..<10 {
                #expect(exporter.enqueue(Samples.batch(5, first: UInt64(round * 50 + number * 5 + 1))))
            }
            exporter.shutdown(deadlineNanoseconds: inSeconds(30))
            #expect(exporter.counters.sent == 50)
            #expect(exporter.counters.queued == 0)
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasSuffix("\n"))
        var ids: [String] = []
        for line in text.split(separator: "\n") {
            let request = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: [[String: Any]]])
            for resource in request["resourceSpans"] ?? [] {
                for scope in resource["scopeSpans"] as? [[String: Any]] ?? [] {
                    ids += (scope["spans"] as? [[String: Any]] ?? []).compactMap { $0["spanId"] as? String }
                }
            }
        }
        #expect(ids.sorted() == Samples.ids(1...100))
    }

    @Test func aFullDiskIsSaidOnceAndEverySpanCounted() throws {
        let exporter = FileExporter(name: "file", settings: FileSettings(path: "/dev/full"), log: recorder.log)
        try exporter.start()
        for number in 0..<5 {
            #expect(exporter.enqueue(Samples.batch(2)))
            eventually { exporter.counters.dropped == (number + 1) * 2 }
        }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.dropped(.writeFailed) == 10)
        #expect(recorder.lines.count == 1)
    }

    @Test func aPathThatCannotBeOpenedIsAnErrorAtStart() {
        let settings = FileSettings(path: directory.path("no/such/folder"))
        let exporter = FileExporter(name: "file", settings: settings, log: recorder.log)
        #expect(exporter.enqueue(Samples.batch(3)))
        #expect(throws: ExporterError.self) { try exporter.start() }
        exporter.shutdown(deadlineNanoseconds: inSeconds(1))
        #expect(exporter.counters.dropped(.shutdown) == 3)
    }

    @Test func aReaderThatDoesNotReadDelaysTheEndNoLongerThanTheDeadline() throws {
        let path = directory.path("fifo")
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let exporter = FileExporter(name: "file", settings: FileSettings(path: path), log: recorder.log)
        try exporter.start()
        #expect(exporter.enqueue(Samples.batch(2000)))
        #expect(exporter.enqueue(Samples.batch(10)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(0.3))
        let counters = exporter.counters
        #expect(counters.dropped == 2010)
        #expect(counters.accepted == counters.sent + counters.dropped + counters.queued)
    }
}
