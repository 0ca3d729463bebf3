import Foundation
import Testing

@testable import Bridge
@testable import Capture

@Suite struct DoctorTests {
    static let good = KernelReport(
        kernel: "6.1.0-29-amd64", architecture: "x86_64", hasBTF: true, ringBufferFailure: nil, ringBytes: 4 << 20,
        rings: 2,
        programs: [
            .init(name: "on_send", attachment: "tp_btf/sock_send_length", hook: .sock, failure: "no such tracepoint"),
            .init(name: "on_exit", attachment: "tp_btf/sys_exit", hook: .syscall, failure: nil),
            .init(name: "on_fork", attachment: "tp_btf/sched_process_fork", hook: nil, failure: nil),
        ],
        capabilities: [.init(name: "CAP_BPF", isHeld: true, purpose: "load programs")],
        tracepoints: [.init(name: "sock:inet_sock_set_state", isAvailable: true)], hook: .syscall,
        scope: "every process of this host", notSeen: ["TLS: \"https\"\tis not read"])

    private static var bad: KernelReport {
        var report = good
        report.hasBTF = false
        report.hook = nil
        report.ringBufferFailure = "operation not permitted"
        report.capabilities = [
            .init(name: "CAP_BPF", isHeld: false, purpose: "load programs"),
            .init(name: "CAP_PERFMON", isHeld: true, purpose: "attach to tracepoints"),
        ]
        return report
    }

    @Test func aGoodMachineCanCapture() {
        let doctor = Doctor(report: Self.good)
        let text = doctor.text(coloured: false)
        #expect(doctor.canCapture)
        #expect(text.hasSuffix("Requests can be captured here.\n"))
        #expect(!text.contains("what to do"))
        #expect(text.contains("  no  on_send  tp_btf/sock_send_length (sock)  no such tracepoint\n"))
        #expect(text.contains("  ok  on_fork  tp_btf/sched_process_fork\n"))
        #expect(text.contains("not seen\n  - TLS:"))
    }

    @Test func aBadMachineIsToldWhatToDo() {
        let doctor = Doctor(report: Self.bad)
        let text = doctor.text(coloured: false)
        #expect(!doctor.canCapture)
        #expect(text.hasSuffix("Nothing can be captured here.\n"))
        #expect(text.contains("what it lacks: CAP_BPF."))
        #expect(text.contains("CONFIG_DEBUG_INFO_BTF"))
        #expect(text.contains("ring buffer   operation not permitted\n"))
    }

    @Test func withoutAHookAndWithEveryRightTheKernelIsToBlame() {
        var report = Self.good
        report.hook = nil
        #expect(!Doctor(report: report).canCapture)
        #expect(Doctor(report: report).text(coloured: false).contains("took none of the ways"))
    }

    @Test func whoIsKeptFromTurnsIsToldWhatToDo() {
        #expect(!Doctor(report: Self.good).text(coloured: false).contains("perf_event_paranoid"))
        var report = Self.good
        report.paranoia = 3
        let text = Doctor(report: report).text(coloured: false)
        #expect(text.contains("kernel.perf_event_paranoid is 3") && text.contains("kernel.perf_event_paranoid=2"))
        #expect(Doctor(report: report).canCapture)
        // First what is needed for anything at all.
        report.capabilities = Self.bad.capabilities
        #expect(!Doctor(report: report).text(coloured: false).contains("perf_event_paranoid"))
    }

    @Test func coloursAreOnlyThereWhenAskedFor() {
        for report in [Self.good, Self.bad] {
            #expect(!Doctor(report: report).text(coloured: false).contains("\u{1B}"))
            #expect(Doctor(report: report).text(coloured: true).contains("\u{1B}[32m"))
        }
    }

    @Test func pythonReadsTheJSON() throws {
        let script = """
            import json, sys
            report = json.load(sys.stdin)
            print(",".join(sorted(report)))
            print(report["kernel"]["release"], report["btf"], report["ring_buffer"]["rings"], report["kernel"]["can_capture"])
            print(report["programs"][0]["error"], report["programs"][1]["error"], report["programs"][2]["hook"])
            print(report["capabilities"][0]["held"], report["tracepoints"][0]["available"], report["scope"])
            print(repr(report["not_seen"][0]))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(Doctor(report: Self.good).json.utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(
            text == """
                advice,btf,capabilities,conservation,kernel,not_seen,programs,ring_buffer,scope,tracepoints
                6.1.0-29-amd64 True 2 True
                no such tracepoint None None
                True True every process of this host
                'TLS: "https"\\tis not read'

                """)
    }
}
