import Foundation
import Testing

@testable import OTLP

/// What is left of a queue whose files were damaged.
@Suite struct DiskRecoveryTests {
    private let directory = TemporaryDirectory()

    /// A queue with 200 batches in its database, 10 to a row, that was ended in order.
    private func filled() throws -> DiskFixture {
        var disk = DiskFixture(directory.path("q"))
        disk.settings.batch.maxSize = 30
        let queue = try disk.open()
        DiskFixture.put((1...200).map { DiskFixture.batch($0, size: 1000) }, into: queue)
        DiskFixture.end(queue)
        #expect(!FileManager.default.fileExists(atPath: disk.path + "-wal"))
        return disk
    }

    private func change(_ path: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        change(&data)
        try data.write(to: URL(fileURLWithPath: path))
    }

    /// Opens and drains: what is found is right, and everything is counted.
    private func recover(_ disk: DiskFixture) throws -> (found: [UInt32], counters: ExporterCounters) {
        let queue = try disk.open()
        expectBalanced(queue.counters)
        let found = DiskFixture.drain(queue)
        #expect(!found.contains(.max))
        #expect(Set(found).count == found.count)
        // It works as any other.
        #expect(DiskFixture.put([DiskFixture.batch(1000)], into: queue) == [1000])
        #expect(DiskFixture.drain(queue) == [1000])
        DiskFixture.end(queue)
        #expect(queue.counters.queued == 0)
        expectBalanced(queue.counters)
        return (found, queue.counters)
    }

    private func aside() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path("q")).filter {
            $0.contains(".damaged-") && !$0.hasSuffix("-wal")
        }
    }

    @Test func garbageBehindTheEndIsNothing() throws {
        let disk = try filled()
        try change(disk.path) { $0.append(Data(repeating: 0xA5, count: 12_345)) }
        let (found, counters) = try recover(disk)
        #expect(found == Array(1...200))
        #expect(counters.dropped == 0)
    }

    @Test func ofAFileThatWasCutTheRestIsRead() throws {
        let disk = try filled()
        try change(disk.path) { data in
            let end = data.lastIndex { $0 != 0 } ?? 0
            data = data.prefix(end * 2 / 3)
        }
        let (found, counters) = try recover(disk)
        #expect(found.count > 20 && found.count < 200)
        #expect(counters.dropped(.corrupt) > 0)
        #expect(try aside().count == 1)
        #expect(disk.recorder.lines.contains { $0.contains("is damaged") })
    }

    @Test(arguments: [20, 100, 5000, 8192 + 40, 3 * 8192 + 100, 10 * 8192 + 7, 20 * 8192 + 4000])
    func aStretchThatWasOverwrittenCostsItsRowsAlone(offset: Int) throws {
        let disk = try filled()
        try change(disk.path) { data in
            for index in offset..<min(offset + 64, data.count) { data[index] ^= 0xFF }
        }
        let (found, counters) = try recover(disk)
        // The first two pages tell where everything is.
        #expect(found.count >= (offset < 2 * 8192 ? 0 : 150))
        #expect(found.count == 200 || counters.dropped(.corrupt) > 0)
        #expect(found == found.sorted())
    }

    @Test func aBitThatFlippedInAPayloadCostsItsRow() throws {
        let disk = try filled()
        try change(disk.path) { data in
            // Of batch 77, which may lie in two pages.
            let pattern = Data(repeating: 77, count: 400)
            if let range = data.range(of: pattern) { data[range.lowerBound + 200] ^= 0x10 }
        }
        let (found, counters) = try recover(disk)
        let missing = Set(UInt32(1)...200).subtracting(found)
        #expect(missing.contains(77) && missing.count <= 10)
        #expect(counters.dropped(.corrupt) == UInt64(missing.count * 3))
        #expect(disk.recorder.lines.contains { $0.contains("dropped \(missing.count * 3) spans (corrupt)") })
        #expect(try aside().isEmpty)
    }

    /// What only reading a payload shows, when the queue has long been opened.
    @Test func aPageThatLeadsNowhereCostsItsRow() throws {
        let disk = DiskFixture(directory.path("q"))
        let first = try disk.open()
        for number in UInt32(1)...20 { DiskFixture.put([DiskFixture.batch(number, size: 40_000)], into: first) }
        DiskFixture.end(first)
        let size = DiskStore.pageSize
        try change(disk.path) { data in
            // A page that a long payload goes on in begins with the number of the next.
            let pages = (10..<(data.count / size)).filter { page in
                let next = data[(page * size)..<(page * size + 4)].reduce(0) { $0 << 8 | Int($1) }
                return next == page + 2
            }
            for index in 0..<4 { data[(pages.first ?? 0) * size + index] = 0x7F }
        }
        let (found, counters) = try recover(disk)
        #expect(found.count == 19)
        #expect(counters.dropped(.corrupt) > 0)
        #expect(try aside().count == 1)
    }

    @Test func anEmptyFileIsAnEmptyQueue() throws {
        let disk = try filled()
        try change(disk.path) { $0 = Data() }
        #expect(try recover(disk).found == [])
    }

    @Test func whatIsNoDatabaseIsPutAsideAndFewAreKept() throws {
        let disk = try filled()
        for round in 1...4 {
            try change(disk.path) { $0 = Data(repeating: UInt8(round), count: 50_000) }
            let (found, counters) = try recover(disk)
            #expect(found == [])
            #expect(counters.dropped(.corrupt) == 1)
            #expect(try aside().count <= 2)
            usleep(1_010_000)
        }
        #expect(try aside().count == 2)
    }

    @Test func aDirectoryInItsPlaceIsAnErrorThatNamesIt() throws {
        let disk = DiskFixture(directory.path("q"))
        try FileManager.default.createDirectory(atPath: disk.path, withIntermediateDirectories: true)
        let error = #expect(throws: ExporterError.self) { try disk.open() }
        #expect(error?.description.contains(disk.path) == true)
    }

    @Test func aTableOfSomebodyElsesIsPutAside() throws {
        let disk = try filled()
        let sql = "CREATE TRIGGER t AFTER DELETE ON batches BEGIN DELETE FROM batches; END"
        let database = try Database(path: disk.path)
        try database.execute(sql)
        _ = consume database
        #expect(try recover(disk).found == Array(1...200))
        #expect(try aside().count == 1)
    }

    @Test func theLogAloneBringsBackWhatAKilledProcessStored() throws {
        let disk = DiskFixture(directory.path("q"))
        let queue = try disk.open()
        for number in UInt32(1)...30 { DiskFixture.put([DiskFixture.batch(number, size: 3000)], into: queue) }
        let copy = try disk.copy(to: directory.path("copy"))
        let torn = try disk.copy(to: directory.path("torn"))
        let broken = try disk.copy(to: directory.path("broken"))
        DiskFixture.end(queue)
        #expect(try recover(copy).found == Array(1...30))
        #expect(copy.recorder.lines.count == 1)

        // Cut in the middle of its last transaction, as when writing ended there.
        try change(torn.path + "-wal") { data in data = data.prefix((data.lastIndex { $0 != 0 } ?? 0) - 5000) }
        let (found, counters) = try recover(torn)
        #expect(found == Array(1...29))
        #expect(counters.dropped == 0)

        // Overwritten in its middle: what follows was stored once, and is lost.
        try change(broken.path + "-wal") { data in
            let middle = (data.lastIndex { $0 != 0 } ?? 0) / 2
            for index in middle..<(middle + 10) { data[index] ^= 0x55 }
        }
        let queueOfBroken = try broken.open()
        let rest = DiskFixture.drain(queueOfBroken)
        #expect(rest == Array((1...30).prefix(rest.count)) && (5...25).contains(rest.count))
        #expect(queueOfBroken.counters.dropped(.corrupt) == UInt64(30 - rest.count))
        #expect(broken.recorder.lines.contains { $0.contains("\(30 - rest.count) transactions are lost") })
        expectBalanced(queueOfBroken.counters)
        DiskFixture.end(queueOfBroken)
    }

    @Test func damageWhileItRunsCostsWhatWasDamaged() throws {
        var disk = DiskFixture(directory.path("q"))
        disk.settings.memoryLimit = 400_000
        disk.settings.storage?.fsync = true
        let first = try disk.open()
        for start in stride(from: UInt32(1), to: 201, by: 10) {
            DiskFixture.put((start..<(start + 10)).map { DiskFixture.batch($0, size: 5000) }, into: first)
        }
        DiskFixture.end(first)
        let queue = try disk.open()
        eventually { queue.nextFlush != nil }
        // Everything but the window is on disk alone.
        let size = try #require(
            try FileManager.default.attributesOfItem(atPath: disk.path)[.size] as? Int)
        let file = open(disk.path, O_WRONLY)
        #expect(ftruncate(file, off_t(size / 2)) == 0)
        close(file)
        let found = DiskFixture.drain(queue)
        #expect(queue.isEmpty)
        #expect(found.count > 10 && found.count < 200)
        #expect(queue.counters.dropped(.corrupt) == UInt64(200 - found.count) * 3)
        eventually { DiskFixture.put([DiskFixture.batch(1000)], into: queue) == [1000] }
        #expect(DiskFixture.drain(queue) == [1000])
        expectBalanced(queue.counters)
        DiskFixture.end(queue)
    }
}
