import Foundation
import Testing

@testable import OTLP

/// A file system of so many KiB in memory, if this process may have one.
private final class SmallDisk: Sendable {
    let path: String
    private let directory = TemporaryDirectory()

    init?(kibibytes: Int) {
        path = directory.path("mount")
        guard mkdir(path, 0o700) == 0, mount("interspan", path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            return nil
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    static var isPossible: Bool { SmallDisk(kibibytes: 64) != nil }
}

/// What becomes of a queue when the disk is full.
@Suite(.enabled(if: SmallDisk.isPossible, "mounting a file system needs CAP_SYS_ADMIN"))
struct DiskFullTests {
    @Test func whatIsReceivedIsRefusedAndWhatIsStoredIsKept() throws {
        let small = try #require(SmallDisk(kibibytes: 24 << 10))
        let disk = DiskFixture(small.path)
        let queue = try disk.open()
        var stored: [UInt32] = []
        for number in UInt32(1)...1000 {
            stored += DiskFixture.put([DiskFixture.batch(number, size: 50_000)], into: queue)
        }
        #expect(stored.count > 50 && stored.count < 400)
        #expect(queue.counters.accepted == UInt64(stored.count * 3))
        #expect(queue.counters.refused == UInt64((1000 - stored.count) * 3))
        expectBalanced(queue.counters)
        #expect(disk.recorder.lines.count == 1)
        #expect(disk.recorder.lines[0].contains(disk.path))
        #expect(DiskFixture.drain(queue) == stored)
        // Now there is room again.
        var later: [UInt32] = []
        eventually {
            later = DiskFixture.put([DiskFixture.batch(300, size: 50_000)], into: queue)
            return later == [300]
        }
        #expect(later == [300])
        #expect(DiskFixture.drain(queue) == [300])
        DiskFixture.end(queue)
        expectBalanced(queue.counters)
        #expect(queue.counters.queued == 0)
    }

    @Test func ourOwnSpansWaitInMemoryUntilThereIsRoom() throws {
        let small = try #require(SmallDisk(kibibytes: 24 << 10))
        let disk = DiskFixture(small.path) { $0.memoryLimit = 4 << 20 }
        let queue = try disk.open()
        let ballast = small.path + "/ballast"
        _ = FileManager.default.createFile(atPath: ballast, contents: nil)
        let file = open(ballast, O_WRONLY)
        let page = [UInt8](repeating: 1, count: 4096)
        while write(file, page, page.count) > 0 {}
        close(file)
        var accepted = 0
        var refused = 0
        // Until it has failed, and then until there is no more room in memory.
        for number in 0..<10_000 where refused < 500 || disk.recorder.lines.isEmpty {
            if queue.enqueue(Samples.batch(50, first: UInt64(number * 50 + 1))) {
                accepted += 50
            } else {
                refused += 50
            }
            if disk.recorder.lines.isEmpty { usleep(200) }
        }
        #expect(disk.recorder.lines.count == 1)
        #expect(queue.counters.refused == UInt64(refused))
        #expect(queue.counters.queued == UInt64(accepted))
        #expect(unlink(ballast) == 0)
        var found = 0
        eventually {
            while let portion = queue.take() {
                found += portion.receipt.weight.items
                queue.settle(portion.receipt, sent: portion.receipt.weight.items)
            }
            return queue.isEmpty
        }
        #expect(found == accepted, "\(disk.recorder.lines)")
        #expect(queue.counters.sent == UInt64(accepted))
        expectBalanced(queue.counters)
        DiskFixture.end(queue)
    }

    @Test func whatCannotBeStoredAtTheEndIsCounted() throws {
        let small = try #require(SmallDisk(kibibytes: 16 << 10))
        let disk = DiskFixture(small.path)
        let queue = try disk.open()
        let file = open(small.path + "/ballast", O_WRONLY | O_CREAT, 0o600)
        let page = [UInt8](repeating: 1, count: 4096)
        while write(file, page, page.count) > 0 {}
        close(file)
        for _ in 0..<10 { #expect(queue.enqueue(Samples.batch(2000))) }
        DiskFixture.end(queue)
        // A part of it found room.
        #expect(queue.counters.dropped(.writeFailed) >= 10_000)
        #expect(queue.counters.dropped(.writeFailed) == queue.counters.dropped)
        expectBalanced(queue.counters)
    }
}
