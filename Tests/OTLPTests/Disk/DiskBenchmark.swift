import Foundation
import Synchronization
import Testing

@testable import OTLP

private let benchmarkDirectory = ProcessInfo.processInfo.environment["INTERSPAN_DISK_BENCH"]

/// How much a queue stores and gives back, in a folder of the disk that matters: run it optimised, with
/// `INTERSPAN_DISK_BENCH=FOLDER swift test -c release -Xswiftc -enable-testing --filter DiskBenchmark`.
@Suite(.serialized, .enabled(if: benchmarkDirectory != nil, "a measurement, see INTERSPAN_DISK_BENCH"))
struct DiskBenchmark {
    private enum Kind: String, CaseIterable { case memory, disk, fsync }

    private func queue(_ kind: Kind, _ directory: String) throws -> any DeliveryQueue {
        var settings = QueueSettings()
        settings.size = .max
        settings.memoryLimit = 64 << 20
        if kind != .memory {
            settings.storage = StorageSettings(directory: directory)
            settings.storage?.fsync = kind == .fsync
        }
        let queue = makeQueue(settings: settings, name: "bench", signal: .traces, log: ExporterLog { print($0) })
        try queue.open()
        return queue
    }

    /// Takes and settles until so many items came.
    private func deliver(_ queue: any DeliveryQueue, _ items: Int) {
        var left = items
        while left > 0 {
            guard let portion = queue.take() else {
                queue.wait(until: inSeconds(0.1))
                continue
            }
            left -= portion.receipt.weight.items
            queue.settle(portion.receipt, sent: portion.receipt.weight.items)
        }
    }

    @Test func storedAndDelivered() throws {
        for size in [500, 10_000, 100_000, 1_000_000] {
            for kind in Kind.allCases {
                let directory = "\(benchmarkDirectory ?? "")/\(kind)-\(size)"
                defer { try? FileManager.default.removeItem(atPath: directory) }
                let queue = try queue(kind, directory)
                let batch = ReceivedBatch(signal: .traces, bytes: [UInt8](repeating: 7, count: size), items: 1)
                let count = min(256 << 20, size * (kind == .fsync ? 50_000 : 200_000)) / size
                let waiting = Atomic<Int>(0)
                let start = inSeconds(0)
                let thread = Thread { deliver(queue, count) }
                thread.start()
                for _ in 0..<count {
                    while !queue.reserve(batch) { usleep(100) }
                    waiting.add(1, ordering: .relaxed)
                    queue.commit(batch) { _ in waiting.subtract(1, ordering: .relaxed) }
                }
                while !thread.isFinished { usleep(100) }
                let seconds = Double(inSeconds(0) - start) / 1e9
                queue.close(deadline: inSeconds(1))
                queue.leaveWaiting()
                print(
                    "disk queue, \(kind), batches of \(size) B:",
                    "\(Int(Double(count) * Double(size) / seconds / 1e6)) MB/s, \(Int(Double(count) / seconds)) batches/s"
                )
            }
        }
    }

    @Test func ourOwnSpans() throws {
        for kind in Kind.allCases {
            let directory = "\(benchmarkDirectory ?? "")/\(kind)-spans"
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let queue = try queue(kind, directory)
            let batch = Samples.batch(512)
            let start = inSeconds(0)
            let thread = Thread { deliver(queue, 2000 * 512) }
            thread.start()
            for _ in 0..<2000 { while !queue.enqueue(batch) { usleep(100) } }
            while !thread.isFinished { usleep(100) }
            let seconds = Double(inSeconds(0) - start) / 1e9
            queue.close(deadline: inSeconds(1))
            queue.leaveWaiting()
            print("disk queue, \(kind), spans of our own in batches of 512: \(Int(2000 * 512 / seconds)) spans/s")
        }
    }
}
