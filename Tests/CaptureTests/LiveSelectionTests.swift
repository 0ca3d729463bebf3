import CInterspanBPF
import Foundation
import Synchronization
import Testing

@testable import Capture

/// Judges as it is told, and remembers what it was asked.
private final class ToldJudge: ProcessJudge {
    let interests: JudgeInterests
    private let rule: @Sendable (MetProcess) -> ProcessVerdict?
    private let asked = Mutex<[MetProcess]>([])

    init(_ interests: JudgeInterests = [], _ rule: @escaping @Sendable (MetProcess) -> ProcessVerdict?) {
        self.interests = interests
        self.rule = rule
    }

    func judge(_ process: MetProcess) -> ProcessVerdict? {
        asked.withLock { $0.append(process) }
        return rule(process)
    }

    func questions(about number: UInt32) -> [MetProcess] { asked.withLock { $0.filter { $0.number == number } } }
}

/// Which processes are watched is decided in the kernel, by what the agent says.
@Suite(.serialized) struct LiveSelectionTests {
    /// Runs a shell command while somebody judges.
    private func capture(_ hook: CaptureOptions.Hook, _ judge: ToldJudge, _ command: String) throws -> Seen {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        var selector: ProcessSelector?
        defer { selector?.stop() }
        return try LiveTraffic.capture(hook) {
            $0.judge = judge
        } _: {
            let used = $0.selector
            selector = used
            used.runFirst()
            Thread { used.run() }.start()
            try process.run()
        } until: {
            !process.isRunning
        } finally: {
            $0.pid = UInt32(process.processIdentifier)
        }
    }

    private static let events = "exec /usr/bin/python3 \(LiveTraffic.folder.path)/events.py send 10"

    @Test(arguments: LiveTraffic.hooks)
    func aProcessThatStartsLaterIsWatchedFromItsFirstCallOn(hook: CaptureOptions.Hook) throws {
        let python = ToldJudge { ProcessVerdict(isWatched: program(of: $0.number).contains("python")) }
        let seen = try capture(hook, python, Self.events)
        #expect(seen.data.count == 2)
        #expect(seen.counters.hooked == seen.counters.submitted + seen.counters.droppedRingFull)
        #expect(seen.counters.unasked == 0)
    }

    @Test(arguments: LiveTraffic.hooks)
    func nothingOfAProcessThatIsNotSelectedLeavesTheKernel(hook: CaptureOptions.Hook) throws {
        let nobody = ToldJudge { _ in ProcessVerdict(isWatched: false) }
        let seen = try capture(hook, nobody, Self.events)
        #expect(seen.records.isEmpty && seen.counters.hooked == 0 && seen.consumed == 0)
        #expect(seen.counters.filteredExcluded > 0)
        #expect(!nobody.questions(about: seen.pid).isEmpty)
    }

    @Test(arguments: LiveTraffic.hooks)
    func nothingLeavesTheKernelUntilAProcessIsJudged(hook: CaptureOptions.Hook) throws {
        let undecided = ToldJudge { _ in nil }
        let seen = try capture(hook, undecided, Self.events)
        #expect(seen.records.isEmpty && seen.counters.hooked == 0)
        #expect(seen.counters.filteredUnjudged > 0)
    }

    @Test(arguments: LiveTraffic.hooks)
    func anotherProgramIsJudgedAnew(hook: CaptureOptions.Hook) throws {
        let shell = ToldJudge { ProcessVerdict(isWatched: !program(of: $0.number).contains("python")) }
        let seen = try capture(hook, shell, "sleep 1; " + Self.events)
        #expect(seen.data.isEmpty)
        // It was watched until then, so that it is known to be another.
        #expect(seen.events(INTERSPAN_KIND_EXEC).count == 1)
    }

    @Test(arguments: LiveTraffic.hooks)
    func childrenBeginAsTheirParentWhereThatHoldsForThem(hook: CaptureOptions.Hook) throws {
        let script =
            "import os,socket\na,b=socket.socketpair()\nif os.fork()==0:\n a.send(b'x'); os._exit(0)\nos.wait()"
        let command = "exec /usr/bin/python3 -c \"\(script)\""
        for inherits in [true, false] {
            let judge = ToldJudge { process in
                let isPython = program(of: process.number).contains("python")
                // A child is never judged in time.
                return isPython && parentIsPython(process.number)
                    ? nil : ProcessVerdict(isWatched: isPython, holdsForChildren: inherits)
            }
            let seen = try capture(hook, judge, command)
            let children = Set(seen.events(INTERSPAN_KIND_FORK).map(\.header.peer_pid))
            let sent = seen.records.filter { children.contains($0.header.pid) && $0.kind == INTERSPAN_KIND_DATA }
            #expect(sent.count == (inherits ? 1 : 0), "\(inherits)")
        }
    }

    @Test(arguments: LiveTraffic.hooks)
    func theAgentIsToldWhoBeginsToListen(hook: CaptureOptions.Hook) throws {
        let script = "import socket,time; s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(); time.sleep(1)"
        let judge = ToldJudge(.listeners) { _ in ProcessVerdict(isWatched: false) }
        let seen = try capture(hook, judge, "exec /usr/bin/python3 -c \"\(script)\"")
        #expect(judge.questions(about: seen.pid).contains { ($0.port ?? 0) != 0 })
        let silent = ToldJudge { _ in ProcessVerdict(isWatched: false) }
        let other = try capture(hook, silent, "exec /usr/bin/python3 -c \"\(script)\"")
        #expect(silent.questions(about: other.pid).allSatisfy { $0.port == nil })
    }

    @Test(.enabled(if: geteuid() == 0), arguments: LiveTraffic.hooks)
    func anotherUserIsJudgedAnew(hook: CaptureOptions.Hook) throws {
        let script =
            "import os,socket,time\na,b=socket.socketpair()\ntime.sleep(1)\na.send(b'x')\nos.setuid(65534)\n"
            + "a.send(b'y')\ntime.sleep(1.5)\na.send(b'z')"
        let judge = ToldJudge(.users) { ProcessVerdict(isWatched: $0.user == 65534) }
        let seen = try capture(hook, judge, "exec /usr/bin/python3 -c \"\(script)\"")
        // What it does at once is lost: nobody is judged before it is met.
        #expect(seen.data.map(\.head) == [Array("z".utf8)])
        let root = ToldJudge(.users) { ProcessVerdict(isWatched: $0.user == 0) }
        #expect(try capture(hook, root, "exec /usr/bin/python3 -c \"\(script)\"").data.map(\.head) == [Array("x".utf8)])
    }

    @Test(arguments: LiveTraffic.hooks)
    func rulesCanBeReplacedWhileCaptureRuns(hook: CaptureOptions.Hook) throws {
        var options = CaptureOptions()
        options.hook = hook
        let live = try LiveRecords(options: options)
        let selector = live.selector
        Thread { selector.run() }.start()
        defer { selector.stop() }
        let judge = ToldJudge { _ in ProcessVerdict(isWatched: false) }
        selector.use(judge)
        let deadline = Date(timeIntervalSinceNow: 240)
        while judge.questions(about: 1).isEmpty, Date() < deadline { usleep(10_000) }
        #expect(!judge.questions(about: 1).isEmpty)
        #expect(selector.counters.leftOut > 0)
    }
}

private func program(of number: UInt32) -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(number)/exe")) ?? ""
}

private func parentIsPython(_ number: UInt32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
        let parent = stat.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap({ UInt32($0) })
    else { return false }
    return program(of: parent).contains("python")
}
