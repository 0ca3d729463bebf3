import Foundation
import Synchronization
import Testing

@testable import OTLP

private let childDirectory = ProcessInfo.processInfo.environment["INTERSPAN_DISK_CHILD"]
private let childFirst = ProcessInfo.processInfo.environment["INTERSPAN_DISK_CHILD_FIRST"].flatMap { UInt32($0) }

/// SIGKILL at random moments: what was acknowledged is delivered at least once.
@Suite(.serialized) struct DiskKillTests {
    private static let runs = 20

    @Test(.enabled(if: childDirectory == nil)) func nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws {
        let directory = TemporaryDirectory()
        var acknowledged = Set<UInt32>()
        var delivered: [UInt32] = []
        var damaged = 0
        for run in 0..<Self.runs {
            let output = try child(
                directory.path("q"), first: UInt32(run) * 1_000_000 + 1,
                microseconds: UInt32.random(in: 1000...250_000))
            for line in output {
                guard let number = UInt32(line.dropFirst()) else { continue }
                switch line.first {
                case "a": acknowledged.insert(number)
                case "d": delivered.append(number)
                default: damaged += 1
                }
            }
        }
        #expect(damaged == 0)
        let deliveredBefore = delivered.count
        let disk = DiskFixture(directory.path("q"))
        let queue = try disk.open()
        delivered += DiskFixture.drain(queue)
        expectBalanced(queue.counters)
        #expect(queue.counters.dropped == 0)
        DiskFixture.end(queue)
        let distinct = Set(delivered)
        #expect(acknowledged.subtracting(distinct).isEmpty)
        #expect(!distinct.contains(.max))
        #expect(acknowledged.count > Self.runs)
        print(
            "kill -9 x \(Self.runs): \(acknowledged.count) acknowledged, \(deliveredBefore) delivered before the last start,",
            "\(delivered.count - distinct.count) duplicates")
    }

    /// Runs this program as the child below, kills it so long after its first word; its complete lines.
    private func child(_ directory: String, first: UInt32, microseconds: UInt32) throws -> [Substring] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--testing-library", "swift-testing", "--filter", "theProcessThatIsKilled"]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "INTERSPAN_DISK_CHILD": directory, "INTERSPAN_DISK_CHILD_FIRST": "\(first)",
        ]) { $1 }
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let reader = pipe.fileHandleForReading
        var data = reader.availableData
        while !data.isEmpty, !data.contains(UInt8(ascii: "!")) { data += reader.availableData }
        // A thread of its own: the tests beside this one keep those of the pool busy.
        let identifier = process.processIdentifier
        let killer = Thread {
            usleep(microseconds)
            Foundation.kill(identifier, SIGKILL)
        }
        killer.start()
        data += reader.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        let text = String(decoding: data, as: UTF8.self)
        return text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1)
    }

    @Test(.enabled(if: childDirectory != nil, "a child of the test above")) func theProcessThatIsKilled() throws {
        let disk = DiskFixture(childDirectory ?? "")
        let queue = try disk.open()
        // A killed process leaves nothing that looks damaged.
        if disk.recorder.lines.contains(where: { $0.contains("damaged") || $0.contains("lost") }) { Self.say("x1\n") }
        Self.say("!\n")
        let delivery = Thread {
            while true {
                guard let portion = queue.take() else {
                    queue.wait(until: inSeconds(1))
                    continue
                }
                for case .received(let batch) in portion.contents {
                    for number in DiskFixture.numbers(batch.bytes) { Self.say("d\(number)\n") }
                }
                queue.settle(portion.receipt, sent: portion.receipt.weight.items)
                usleep(5000)
            }
        }
        delivery.start()
        var number = childFirst ?? 1
        let end = inSeconds(30)
        while inSeconds(0) < end {
            let batch = DiskFixture.batch(number, size: Int.random(in: 8...8000))
            if queue.reserve(batch) {
                queue.commit(batch) { [number] isStored in if isStored { Self.say("a\(number)\n") } }
                number += 1
            }
            if number % 16 == 0 { usleep(500) }
        }
    }

    private static func say(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
