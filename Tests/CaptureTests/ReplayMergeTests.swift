import Capture
import Foundation
import Testing

/// Several files, and pipes.
@Suite struct ReplayMergeTests {
    private let second: UInt64 = 1_000_000_000

    /// A pcap file with one request a time, each on a connection of its own.
    private func file(_ times: [UInt64]) -> [UInt8] {
        var file = TestPcap(link: 101, nano: true)
        for time in times {
            var connection = TestConnection.remote
            connection.client.port = UInt16(1000 + time)
            file.add(connection.send("GET /\(time) HTTP/1.1\r\n\r\n", fromClient: true).ip, at: second + time)
        }
        return file.bytes
    }

    /// The times of the packets of these files, less a second.
    private func merged(_ files: [[UInt8]]) throws -> [UInt64] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = try files.enumerated().map { index, bytes in
            let path = folder.appendingPathComponent("\(index).pcap").path
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return path
        }
        return try Replayed(paths: paths).records.map { $0.time - second }
    }

    @Test func filesThatOverlapAreMergedByTime() throws {
        #expect(try merged([file([1, 4, 7]), file([2, 5, 6]), file([0, 3, 9])]) == [0, 1, 2, 3, 4, 5, 6, 7, 9])
    }

    @Test func filesInAnyOrderAreReadByWhenTheyBegin() throws {
        #expect(try merged([file([7, 8]), file([1, 2]), file([4, 5]), file([])]) == [1, 2, 4, 5, 7, 8])
    }

    @Test func moreFilesThanMayBeOpenAreReadOneAfterTheOther() throws {
        let count = UInt64(3000)
        let times = try merged((0..<count).map { file([$0]) })
        #expect(times == Array(0..<count))
    }

    @Test func timesThatStepBackStayInTheirFile() throws {
        #expect(try merged([file([5, 1, 6]), file([2, 7])]) == [2, 5, 1, 6, 7])
    }

    @Test func bothFormatsMerge() throws {
        var other = TestPcapng()
        other.interface(link: 101, options: [(9, [9])])
        var connection = TestConnection.remote
        other.enhanced(connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true).ip, units: second + 2)
        #expect(try merged([file([1, 3]), other.bytes]) == [1, 2, 3])
    }

    @Test func pipeIsReadToItsEnd() throws {
        let bytes = file(Array(0..<2000))
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        let writer = Thread {
            guard let handle = FileHandle(forWritingAtPath: path) else { return }
            try? handle.write(contentsOf: Data(bytes))
            try? handle.close()
        }
        writer.start()
        #expect(try Replayed(paths: [path]).records.count == 2000)
    }

    @Test func standardInputIsNamedOnce() {
        let failure = #expect(throws: CaptureError.self) { try Replayed(paths: ["-", "-"]) }
        #expect(failure?.description == "-: the standard input can be read once only; name it once")
    }
}
