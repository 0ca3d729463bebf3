import Foundation
import Testing

@testable import Bridge

@Suite struct ProcessReportTests {
    private static func report() throws -> ProcessReport {
        let rules = "select: [{ports: [80]}], exclude: [{user: root}]"
        let configuration = try ConfigurationTestSupport.load("receivers: {ebpf: {\(rules)}}").configuration
        let selection = ProcessSelection(configuration.ebpf, scope: 5, users: .own)
        let id = String(repeating: "ab", count: 32)
        func process(
            _ number: UInt32, _ decision: ProcessSelection.Decision, isAgent: Bool = false, id: String? = nil
        ) -> TalkingProcess {
            TalkingProcess(
                number: number, executable: "/bin/x", service: "x\u{1B}[31m", containerID: id, ports: [80, 443],
                isAgent: isAgent, decision: decision)
        }
        return ProcessReport(
            selection: selection,
            processes: [
                process(7, .selected(rule: 0), id: id), process(8, .excluded(rule: 0)), process(9, .unselected),
                process(10, .outOfScope), process(11, .undecided), process(12, .selected(rule: 0), isAgent: true),
            ], seesEveryProcess: true)
    }

    @Test func everyProcessIsListedWithTheRuleThatDecides() throws {
        let lines = try Self.report().text(coloured: false).split(separator: "\n").map(String.init)
        #expect(lines[0] == "scope    the processes of network namespace 5")
        #expect(lines[1].hasPrefix("PID") && lines[1].hasSuffix("WATCHED  WHY"))
        #expect(lines[2].contains("80,443") && lines[2].contains("abababababab  yes"))
        #expect(lines[2].hasSuffix("select[0] {ports: [80]}") && lines[3].hasSuffix("exclude[0] {user: root}"))
        #expect(lines[4].hasSuffix("no       no rule is for it"))
        #expect(lines[7].hasSuffix("an agent leaves itself out"))
        #expect(lines[8] == "6 processes talk, 1 of them are watched.")
        // What a process calls itself cannot write to a terminal.
        #expect(!lines.contains { $0.contains("\u{1B}") })
    }

    @Test func programsReadTheSame() throws {
        let json = try Self.report().json
        #expect(json.contains("\"pid\": 7") && json.contains("\"rule\": \"select[0]\""))
        #expect(json.contains("\"listens\": [\n        80,\n        443\n      ]"))
        #expect(json.components(separatedBy: "\"selected\": true").count == 2)
    }
}
