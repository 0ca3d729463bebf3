import CInterspanBPF
import Foundation
import Testing

@testable import Capture

/// Goroutines and contexts of real runtimes, by what the programs say of themselves.
@Suite(.serialized) struct LiveUnitTests {
    /// What a program says that it sent.
    struct Truth: Decodable {
        var length: UInt32
        var unit: UInt64
    }

    /// The interpreters that are here: Debian's, and those of pyenv.
    static let interpreters: [String] = {
        let versions = NSString(string: "~/.pyenv/versions").expandingTildeInPath
        let others = (try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []
        return ["/usr/bin/python3"]
            + others.sorted().filter { $0.hasPrefix("3.") && PythonVersion(fileName: "python\($0)") != nil }
            .map { "\(versions)/\($0)/bin/python3" }
    }()

    /// What was seen of a program that was looked at before it began, and what it says.
    ///
    /// - Parameter kinds: what it must be found to be: then it is told to go on, once for each.
    static func capture(
        _ hook: CaptureOptions.Hook, _ program: String, _ arguments: [String],
        kinds: [interspan_unit_kind] = [INTERSPAN_UNIT_TASK]
    ) throws -> (seen: Seen, truth: [Truth]) {
        let output = try LiveTraffic.temporaryFile()
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        var units: UnitExaminer?
        var told = 0
        let seen = try LiveTraffic.capture(hook) { live in
            let examiner = live.units
            units = examiner
            Thread.detachNewThread { examiner.run() }
            try process.run()
        } until: {
            if told < kinds.count, kind(of: UInt32(process.processIdentifier), by: units) == kinds[told] {
                told += 1
                try? input.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
            }
            return !process.isRunning
        } finally: { seen in
            seen.pid = UInt32(process.processIdentifier)
            if process.isRunning { process.terminate() }
            #expect(told == kinds.count)
        }
        units?.stop()
        let truth = try LiveTraffic.lines(of: output).map {
            try JSONDecoder().decode(Truth.self, from: Data($0.utf8))
        }
        return (seen, truth)
    }

    private static func kind(of number: UInt32, by units: UnitExaminer?) -> interspan_unit_kind? {
        // What runs in a namespace of its own is started by somebody.
        let children = try? String(contentsOfFile: "/proc/\(number)/task/\(number)/children", encoding: .utf8)
        let number = children.flatMap { $0.split(separator: " ").first }.flatMap { UInt32($0) } ?? number
        var layout = interspan_unit_layout()
        guard let process = ExaminedProcess(number: number), units?.table.read(&layout, of: process) == true else {
            return nil
        }
        return interspan_unit_kind(UInt32(layout.kind))
    }

    /// What a program said of its sends must be what was seen of them.
    static func check(_ truth: [Truth], _ kind: interspan_unit_kind, in seen: Seen) throws {
        for sent in truth {
            let record = try #require(sendRecord(sent.length, in: seen))
            #expect(record.unit == sent.unit, "\(sent.length)")
            #expect(UInt32(record.unit_kind) == (sent.unit == 0 ? INTERSPAN_UNIT_NONE : kind).rawValue)
            #expect(record.unexamined == 0)
        }
    }

    /// The sender's record of a length.
    static func sendRecord(_ length: UInt32, in seen: Seen) -> interspan_record? {
        seen.records.first { $0.kind == INTERSPAN_KIND_DATA && $0.isSent && $0.header.length == length }?.header
    }

    @Test(arguments: LiveTraffic.hooks, interpreters)
    func whatASendRanInIsItsContext(hook: CaptureOptions.Hook, interpreter: String) throws {
        let script = LiveTraffic.folder.appending(path: "units.py").path
        let (seen, truth) = try Self.capture(hook, interpreter, [script, "contexts"])
        #expect(truth.count == 7)
        try Self.check(truth, INTERSPAN_UNIT_TASK, in: seen)
        // A copy has its original's variables until one of them sets any.
        let groups = try [17_300, 17_301, 17_302].map { try #require(Self.sendRecord($0, in: seen)).group }
        #expect(groups[0] != 0 && groups[0] == groups[1] && groups[0] != groups[2])
    }

    @Test(arguments: LiveTraffic.hooks)
    func anotherThreadHasItsOwnContextOrNone(hook: CaptureOptions.Hook) throws {
        let script = LiveTraffic.folder.appending(path: "units.py").path
        let (seen, truth) = try Self.capture(hook, "/usr/bin/python3", [script, "thread"])
        #expect(truth.map { $0.unit == 0 } == [true, false])
        try Self.check(truth, INTERSPAN_UNIT_TASK, in: seen)
    }

    @Test(arguments: LiveTraffic.hooks)
    func aForkedChildsFirstSendHasItsContext(hook: CaptureOptions.Hook) throws {
        let script = LiveTraffic.folder.appending(path: "units.py").path
        let (seen, truth) = try Self.capture(hook, "/usr/bin/python3", [script, "fork"])
        #expect(truth.count == 1)
        try Self.check(truth, INTERSPAN_UNIT_TASK, in: seen)
    }

    @Test(arguments: LiveTraffic.hooks)
    func aProcessThatCountsItselfOtherwiseHasItsContext(hook: CaptureOptions.Hook) throws {
        let script = LiveTraffic.folder.appending(path: "units.py").path
        let (seen, truth) = try Self.capture(
            hook, "/usr/bin/unshare", ["--pid", "--fork", "--mount-proc", "/usr/bin/python3", script, "thread"])
        #expect(truth.count == 2)
        try Self.check(truth, INTERSPAN_UNIT_TASK, in: seen)
    }

    @Test(arguments: LiveTraffic.hooks, GoPrograms.all)
    func whatASendRanInIsItsGoroutine(hook: CaptureOptions.Hook, program: GoPrograms.Build) throws {
        let file = try #require(program.path)
        let (seen, truth) = try Self.capture(hook, file, [], kinds: [INTERSPAN_UNIT_GOROUTINE])
        #expect(truth.count == 8 && Set(truth.map(\.unit)).count == 8)
        try Self.check(truth, INTERSPAN_UNIT_GOROUTINE, in: seen)
    }

    @Test(arguments: LiveTraffic.hooks, GoPrograms.all.prefix(1))
    func anotherProgramInTheSameProcessIsLookedAtAnew(hook: CaptureOptions.Hook, program: GoPrograms.Build) throws {
        let script = LiveTraffic.folder.appending(path: "units.py").path
        let (seen, truth) = try Self.capture(
            hook, "/usr/bin/python3", [script, "exec", try #require(program.path)],
            kinds: [INTERSPAN_UNIT_TASK, INTERSPAN_UNIT_GOROUTINE])
        #expect(truth.count == 8)
        try Self.check(truth, INTERSPAN_UNIT_GOROUTINE, in: seen)
    }

    @Test(arguments: LiveTraffic.hooks, JavaRuntime.all)
    func whatASendRanInIsItsVirtualThread(hook: CaptureOptions.Hook, runtime: JavaRuntime) throws {
        let classes = try #require(JavaRuntime.classes)
        let (seen, truth) = try Self.capture(
            hook, runtime.java, runtime.options + ["-cp", classes, "VirtualThreads"],
            kinds: [INTERSPAN_UNIT_VIRTUAL_THREAD])
        #expect(truth.count == 9 && Set(truth.map(\.unit)).count == 9 && truth.first?.unit == 0)
        try Self.check(truth, INTERSPAN_UNIT_VIRTUAL_THREAD, in: seen)
    }
}
