import Foundation
import Synchronization
import Testing

@testable import OTLP

/// A disk queue in a folder, and what it takes to put numbered batches in and get them out.
struct DiskFixture {
    let directory: String
    let recorder = LogRecorder()
    var settings = QueueSettings()
    var name = "otlp_http/test"

    init(_ directory: String, _ change: (inout QueueSettings) -> Void = { _ in }) {
        self.directory = directory
        settings.size = 1_000_000
        settings.batch.flushTimeoutNanoseconds = 0
        settings.storage = StorageSettings(directory: directory)
        change(&settings)
    }

    /// The database.
    var path: String { "\(directory)/\(StorageFiles.fileName(exporter: name, signal: .traces))" }

    func queue() -> DiskQueue {
        DiskQueue(
            settings, storage: settings.storage ?? StorageSettings(directory: directory), name: name, signal: .traces,
            log: recorder.log)
    }

    /// A queue that has been opened.
    func open() throws -> DiskQueue {
        let queue = queue()
        try queue.open()
        return queue
    }

    /// A batch that can be told from others, alone and joined with them: its number, its size, and zeros.
    static func batch(_ number: UInt32, size: Int = 100, items: Int = 3) -> ReceivedBatch {
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: max(size, 8))
        for index in 0..<4 {
            bytes[index] = UInt8(truncatingIfNeeded: number >> UInt32(index * 8))
            bytes[4 + index] = UInt8(truncatingIfNeeded: bytes.count >> (index * 8))
        }
        return ReceivedBatch(signal: .traces, bytes: bytes, items: items)
    }

    /// The numbers of the batches that were joined.
    static func numbers(_ bytes: [UInt8]) -> [UInt32] {
        func word(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32($1 * 8) } }
        var numbers: [UInt32] = []
        var offset = 0
        while offset + 8 <= bytes.count {
            let number = word(offset)
            let count = Int(word(offset + 4))
            // The first and the last byte speak for the others: what is between has a checksum in the database.
            guard count >= 8, offset + count <= bytes.count,
                count == 8
                    || [offset + 8, offset + count - 1].allSatisfy({ bytes[$0] == UInt8(truncatingIfNeeded: number) })
            else { return numbers + [.max] }
            numbers.append(number)
            offset += count
        }
        return numbers
    }

    /// Puts batches in and waits until each is stored or refused.
    /// - Returns: the numbers of those that are stored.
    @discardableResult
    static func put(_ batches: [ReceivedBatch], into queue: DiskQueue) -> [UInt32] {
        let answers = Mutex<[UInt32: Bool]>([:])
        for batch in batches {
            let number = numbers(batch.bytes)[0]
            guard queue.reserve(batch) else {
                queue.refuse(batch)
                answers.withLock { $0[number] = false }
                continue
            }
            queue.commit(batch) { isStored in answers.withLock { $0[number] = isStored } }
        }
        eventually { answers.withLock { $0.count == batches.count } }
        return answers.withLock { $0.filter(\.value).map(\.key).sorted() }
    }

    /// Takes and settles until nothing waits.
    /// - Returns: the numbers, in the order in which they came.
    static func drain(_ queue: DiskQueue) -> [UInt32] {
        var found: [UInt32] = []
        let end = inSeconds(30)
        while !queue.isEmpty, inSeconds(0) < end {
            guard let portion = queue.take() else {
                usleep(1000)
                continue
            }
            for case .received(let batch) in portion.contents { found += numbers(batch.bytes) }
            queue.settle(portion.receipt, sent: portion.receipt.weight.items)
        }
        return found
    }

    /// Ends a queue; what waits stays.
    static func end(_ queue: DiskQueue) {
        queue.close(deadline: inSeconds(1))
        queue.leaveWaiting()
    }

    /// Copies the files as they are now, as the end of the process would leave them.
    func copy(to other: String) throws -> DiskFixture {
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        var copy = DiskFixture(other)
        copy.settings = settings
        copy.settings.storage?.directory = other
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
        }
        return copy
    }
}

/// At any moment.
func expectBalanced(_ counters: ExporterCounters, _ location: SourceLocation = #_sourceLocation) {
    #expect(
        counters.accepted == counters.sent + counters.dropped + counters.queued, "\(counters)",
        sourceLocation: location)
}

extension DiskFixture {
    /// How many batches are in a portion.
    static func count(_ portion: Portion) -> Int {
        portion.contents.reduce(0) { count, content in
            if case .received(let batch) = content { count + numbers(batch.bytes).count } else { count }
        }
    }
}

/// Keeps what it is told.
final class StoredAnswer: Sendable {
    private let kept = Mutex<[Bool]>([])
    var all: [Bool] { kept.withLock { $0 } }
    var take: @Sendable (Bool) -> Void { { [self] answer in kept.withLock { $0.append(answer) } } }
}
