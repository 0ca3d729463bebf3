import CInterspanBPF
import Foundation
import Testing

@testable import Capture

/// A record, copied out of its ring.
struct SeenRecord {
    var header: interspan_record
    var head: [UInt8]
    var tail: [UInt8]

    init(_ record: Record) {
        header = record.header.pointee
        head = Array(record.head)
        tail = Array(record.tail)
    }

    var kind: interspan_kind { interspan_kind(UInt32(header.kind)) }
    var isSent: Bool { UInt32(header.direction) == INTERSPAN_DIRECTION_SEND.rawValue }
    var isSequenced: Bool { UInt32(header.flags) & INTERSPAN_FLAG_SEQUENCED.rawValue != 0 }
    var isUnread: Bool { UInt32(header.flags) & INTERSPAN_FLAG_UNREAD.rawValue != 0 }
    var call: String { SeenRecord.calls[Int(header.call)] }
    var command: String {
        withUnsafeBytes(of: header.command) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    static let calls = [
        "unknown", "read", "write", "readv", "writev", "recvfrom", "sendto", "recvmsg", "sendmsg", "recvmmsg",
        "sendmmsg", "sendfile", "splice", "io_uring",
    ]
}

/// What was captured while something ran.
struct Seen {
    var records: [SeenRecord] = []
    var counters = KernelCounters()
    var consumed: UInt64 = 0
    var output: [String] = []
    var pid: UInt32 = 0

    /// Those of the program that ran, in order.
    var own: [SeenRecord] { records.filter { $0.header.pid == pid } }
    var data: [SeenRecord] { own.filter { $0.kind == INTERSPAN_KIND_DATA } }
    func events(_ kind: interspan_kind) -> [SeenRecord] { own.filter { $0.kind == kind } }
}

/// Real programs in front of the real kernel.
enum LiveTraffic {
    /// The ways of hooking that this kernel takes. Why the others are skipped is said aloud.
    static let hooks: [CaptureOptions.Hook] = BPFProgram.hooks.filter { hook in
        var options = CaptureOptions()
        options.hook = hook
        do {
            let records = try LiveRecords(options: options)
            return records.hook == hook
        } catch {
            print("SKIPPED: live capture by \(hook.rawValue): \(error)")
            return false
        }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Kernel/capture")

    /// A script, not yet started, that writes to a file.
    static func python(_ script: String, _ arguments: [String], output: URL? = nil) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [folder.appending(path: script).path] + arguments
        process.standardInput = Pipe()
        process.standardOutput = try output.map { try FileHandle(forWritingTo: $0) } ?? FileHandle.nullDevice
        return process
    }

    /// An empty file that nobody else has.
    static func temporaryFile() throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "interspan-\(UUID().uuidString)")
        try Data().write(to: file)
        return file
    }

    /// The lines that a script has written so far.
    static func lines(of file: URL) throws -> [String] {
        String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Captures while a script runs.
    static func capture(
        _ hook: CaptureOptions.Hook, _ script: String, _ arguments: [String],
        before prepare: (inout LiveRecords) -> Void = { _ in },
        options change: (inout CaptureOptions) -> Void = { _ in }
    ) throws -> Seen {
        let output = try temporaryFile()
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try python(script, arguments, output: output)
        return try capture(hook, options: change) {
            prepare(&$0)
            try process.run()
        } until: {
            !process.isRunning
        } finally: {
            seen in
            seen.pid = UInt32(process.processIdentifier)
            if process.isRunning {
                process.terminate()
                Issue.record("the script did not end")
            } else {
                #expect(process.terminationStatus == 0)
            }
            seen.output = try lines(of: output)
        }
    }

    /// Captures from a beginning until an end, and takes all that the programs made.
    static func capture(
        _ hook: CaptureOptions.Hook, options change: (inout CaptureOptions) -> Void = { _ in },
        _ begin: (inout LiveRecords) throws -> Void, until isOver: () -> Bool,
        finally: (inout Seen) throws -> Void
    ) throws -> Seen {
        var options = CaptureOptions()
        options.hook = hook
        change(&options)
        var live = try LiveRecords(options: options)
        var seen = Seen()
        try begin(&live)
        // Long, for machines whose processors are taken away for half a minute at a time.
        let deadline = Date(timeIntervalSinceNow: 240)
        while !isOver(), Date() < deadline {
            live.wait()
            _ = live.pass { seen.records.append(SeenRecord($0)) }
        }
        live.stop()
        live.drain { seen.records.append(SeenRecord($0)) }
        seen.counters = live.counters
        seen.consumed = live.consumed
        try finally(&seen)
        return seen
    }
}
