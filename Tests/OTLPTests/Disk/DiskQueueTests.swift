import Foundation
import Testing

@testable import OTLP

@Suite struct DiskQueueTests {
    private let directory = TemporaryDirectory()

    @Test func whatIsStoredOutlivesTheQueue() throws {
        let disk = DiskFixture(directory.path("q"))
        let first = try disk.open()
        #expect(DiskFixture.put((1...50).map { DiskFixture.batch($0) }, into: first) == Array(1...50))
        #expect(first.counters.accepted == 150)
        expectBalanced(first.counters)
        DiskFixture.end(first)
        #expect(first.counters.queued == 150)
        #expect(first.counters.dropped == 0)
        expectBalanced(first.counters)

        let second = try disk.open()
        #expect(second.counters.accepted == 150)
        #expect(second.counters.queued == 150)
        #expect(second.counters.queueSize == 50)
        #expect(disk.recorder.lines.contains { $0.contains("50 requests (150 spans) wait from before") })
        #expect(DiskFixture.drain(second) == Array(1...50))
        #expect(second.counters.sent == 150)
        expectBalanced(second.counters)
        DiskFixture.end(second)

        let third = try disk.open()
        #expect(third.counters.accepted == 0)
        DiskFixture.end(third)
    }

    @Test func itsFilesAreNobodyElses() throws {
        let disk = DiskFixture(directory.path("a/b/q"))
        let queue = try disk.open()
        var status = stat()
        #expect(stat(disk.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(stat(disk.path + "-wal", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(stat(directory.path("a/b"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        let error = #expect(throws: ExporterError.self) { try disk.open() }
        #expect(error?.description.contains(disk.path) == true)
        #expect(error?.description.contains("in use") == true)
        DiskFixture.end(queue)
        DiskFixture.end(try disk.open())
    }

    @Test func eachExporterAndSignalHasAFileOfItsOwn() {
        let names = [
            "otlp_http", "otlp/http", "otlp_http/a", "otlp_http/a.b", "otlp_http/a/b", "otlp_http/a%2Eb", "otlp_http/A",
            "otlp_http/\u{0}", "otlp_http/..", String(repeating: "x", count: 300), String(repeating: "x", count: 301),
        ]
        var files = Set<String>()
        for name in names {
            for signal in Signal.allCases { files.insert(StorageFiles.fileName(exporter: name, signal: signal)) }
        }
        #expect(files.count == names.count * 3)
        for file in files {
            #expect(!file.contains("/") && file.utf8.count < 200 && file.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        }
        #expect(
            StorageFiles.fileName(exporter: "otlp_grpc/tempo", signal: .traces)
                == "exporter_otlp_grpc.tempo_traces.db")
    }

    @Test func ourOwnSpansAreEncodedAndCut() throws {
        let disk = DiskFixture(directory.path("q")) { $0.batch.maxSize = 40 }
        let queue = try disk.open()
        #expect(queue.enqueue(Samples.batch(100)))
        #expect(queue.enqueue(Samples.batch(7, first: 101)))
        #expect(queue.counters.accepted == 107)
        DiskFixture.end(queue)
        let again = try disk.open()
        #expect(again.counters.queueSize == 2)
        var spans = 0
        var bytes: [UInt8] = []
        while !again.isEmpty {
            guard let portion = again.take() else {
                again.wait(until: inSeconds(1))
                continue
            }
            #expect(portion.receipt.weight.items <= 40)
            spans += portion.receipt.weight.items
            for case .received(let batch) in portion.contents { bytes += batch.bytes }
            again.settle(portion.receipt, sent: portion.receipt.weight.items)
        }
        #expect(spans == 107)
        // Every span is in it once.
        let text = String(decoding: bytes, as: UTF8.self)
        #expect((1...107).allSatisfy { text.contains("/cart/\($0)") })
        #expect(again.counters.sent == 107)
        #expect(again.counters.queueSize == 0)
        expectBalanced(again.counters)
        DiskFixture.end(again)
    }

    @Test func batchesAreTakenBeforeItIsOpened() throws {
        let disk = DiskFixture(directory.path("q"))
        let queue = disk.queue()
        #expect(queue.enqueue(Samples.batch(5)))
        try queue.open()
        eventually { queue.nextFlush != nil }
        #expect(queue.take()?.receipt.weight.items == 5)
        DiskFixture.end(queue)
        #expect(queue.counters.queued == 5)
        expectBalanced(queue.counters)
    }

    @Test func oneThatWasNeverOpenedDropsWhatItTook() {
        let queue = DiskFixture(directory.path("q")).queue()
        #expect(queue.enqueue(Samples.batch(5)))
        let batch = DiskFixture.batch(1)
        #expect(queue.reserve(batch))
        let answer = StoredAnswer()
        queue.commit(batch, stored: answer.take)
        DiskFixture.end(queue)
        #expect(answer.all == [false])
        #expect(queue.counters.dropped(.shutdown) == 5)
        #expect(queue.counters.refused == 3)
        #expect(queue.isEmpty)
        expectBalanced(queue.counters)
    }

    @Test(arguments: QueueSettings.Sizer.allCases)
    func aFullQueueRefusesWhatIsNewAndKeepsWhatItHas(sizer: QueueSettings.Sizer) throws {
        let disk = DiskFixture(directory.path("q")) {
            $0.sizer = sizer
            $0.size = [.requests: 4, .items: 12, .bytes: 400][sizer] ?? 0
        }
        let queue = try disk.open()
        #expect(DiskFixture.put((1...10).map { DiskFixture.batch($0) }, into: queue) == [1, 2, 3, 4])
        #expect(queue.counters.queueSize == queue.counters.queueCapacity)
        #expect(queue.counters.refused == 18)
        #expect(!queue.enqueue(Samples.batch(1)))
        DiskFixture.end(queue)
        let again = try disk.open()
        #expect(!again.reserve(DiskFixture.batch(1)))
        #expect(DiskFixture.drain(again) == [1, 2, 3, 4])
        #expect(DiskFixture.put([DiskFixture.batch(5)], into: again) == [5])
        DiskFixture.end(again)
        expectBalanced(again.counters)
    }

    @Test func theStoragesSizeBoundsIt() throws {
        let disk = DiskFixture(directory.path("q")) { $0.storage?.maxBytes = 1_000_000 }
        let queue = try disk.open()
        let stored = DiskFixture.put((1...200).map { DiskFixture.batch($0, size: 10_000) }, into: queue)
        #expect(stored == Array(1...100))
        #expect(DiskFixture.drain(queue) == stored)
        #expect(DiskFixture.put([DiskFixture.batch(300, size: 10_000)], into: queue) == [300])
        DiskFixture.end(queue)
    }

    @Test func whatWaitsBeyondTheWindowComesInOrderAndLarge() throws {
        let disk = DiskFixture(directory.path("q")) {
            $0.memoryLimit = 400_000
            $0.batch.maxSize = 60
        }
        let queue = try disk.open()
        var stored: [UInt32] = []
        // Far more than the window's 100 kB.
        for start in stride(from: UInt32(1), to: 401, by: 10) {
            stored += DiskFixture.put((start..<(start + 10)).map { DiskFixture.batch($0, size: 5000) }, into: queue)
        }
        #expect(stored == Array(1...400))
        var found: [UInt32] = []
        var portions = 0
        while !queue.isEmpty {
            guard let portion = queue.take() else {
                queue.wait(until: inSeconds(1))
                continue
            }
            portions += 1
            for case .received(let batch) in portion.contents { found += DiskFixture.numbers(batch.bytes) }
            queue.settle(portion.receipt, sent: portion.receipt.weight.items)
        }
        #expect(found == stored)
        #expect(portions <= 60)
        #expect(queue.counters.sent == 1200)
        DiskFixture.end(queue)
        expectBalanced(queue.counters)
    }

    @Test func aPortionThatWasLeftComesAgain() throws {
        let disk = DiskFixture(directory.path("q"))
        let queue = try disk.open()
        DiskFixture.put([DiskFixture.batch(1), DiskFixture.batch(2)], into: queue)
        queue.close(deadline: inSeconds(1))
        let portion = try #require(queue.take())
        queue.leave(portion.receipt)
        #expect(DiskFixture.drain(queue).count + DiskFixture.count(portion) == 2)
        #expect(queue.isEmpty)
        queue.leaveWaiting()
        #expect(queue.counters.queued == UInt64(portion.receipt.weight.items))
        let again = try disk.open()
        #expect(DiskFixture.drain(again).count == DiskFixture.count(portion))
        DiskFixture.end(again)
    }

    @Test func theFileShrinksWhenNothingIsStored() throws {
        let disk = DiskFixture(directory.path("q"))
        let queue = try disk.open()
        for start in stride(from: UInt32(1), to: 61, by: 10) {
            DiskFixture.put((start..<(start + 10)).map { DiskFixture.batch($0, size: 1 << 20) }, into: queue)
        }
        func size() -> Int { (try? FileManager.default.attributesOfItem(atPath: disk.path)[.size] as? Int) ?? 0 }
        #expect(size() > 32 << 20)
        #expect(DiskFixture.drain(queue).count == 60)
        eventually { size() <= 1 << 20 }
        #expect(size() <= 1 << 20)
        DiskFixture.end(queue)
    }

    @Test func anExporterWhoseFolderCannotBeUsedDoesNotStart() throws {
        var settings = OTLPHTTPSettings(endpoint: "http://127.0.0.1:1/v1/traces")
        let file = directory.path("file")
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        for folder in [file, "\(file)/below", "/proc/interspan", ""] {
            settings.queue.storage = StorageSettings(directory: folder)
            let exporter = OTLPHTTPExporter(name: "otlp_http", settings: settings, log: LogRecorder().log)
            let error = #expect(throws: ExporterError.self) { try exporter.start() }
            #expect(error?.description.contains("sending_queue.storage: \(folder)") == true)
            exporter.shutdown(deadlineNanoseconds: inSeconds(1))
        }
    }

    @Test func anExporterDeliversWhatAnEarlierOneCouldNot() throws {
        let disk = directory.path("q")
        var settings = OTLPHTTPSettings(endpoint: "http://127.0.0.1:1/v1/traces")
        settings.queue.storage = StorageSettings(directory: disk)
        let first = OTLPHTTPExporter(name: "otlp_http", settings: settings, log: LogRecorder().log)
        try first.start()
        for number in 0..<10 { #expect(first.enqueue(Samples.batch(20, first: UInt64(number * 20 + 1)))) }
        first.shutdown(deadlineNanoseconds: inSeconds(0.5))
        #expect(first.counters.queued == 200)
        expectBalanced(first.counters)

        let receiver = try FaultReceiver("200")
        settings.endpoint = receiver.endpoint
        let second = OTLPHTTPExporter(name: "otlp_http", settings: settings, log: LogRecorder().log)
        try second.start()
        #expect(second.enqueue(Samples.batch(5, first: 201)))
        second.shutdown(deadlineNanoseconds: inSeconds(20))
        #expect(second.counters.sent == 205)
        #expect(second.counters.queued == 0)
        #expect(receiver.taken == Samples.ids(1...205))
        expectBalanced(second.counters)
    }
}
