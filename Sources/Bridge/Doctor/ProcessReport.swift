internal import Capture
internal import Logging

/// Which processes a configuration watches: `interspan doctor --processes`. Judged by what judges them while the agent runs.
public struct ProcessReport: Sendable {
    private let selection: ProcessSelection
    private let processes: [TalkingProcess]
    /// No process is in another process namespace, where rules cannot be held against it.
    private let seesEveryProcess: Bool

    /// Looks at every process that talks.
    public init(configuration: Configuration) {
        let selection = configuration.processSelection
        let silent = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        let containers = ContainerAnswers(ContainerDirectory(configuration.identity, logger: silent))
        self.init(
            selection: selection, processes: TalkingProcess.all(selection: selection, containers: containers),
            seesEveryProcess: NetworkScope.numbersEveryProcess)
    }

    init(selection: ProcessSelection, processes: [TalkingProcess], seesEveryProcess: Bool) {
        self.seesEveryProcess = seesEveryProcess
        self.selection = selection
        self.processes = processes
    }

    /// What is done with a process, and why.
    private func verdict(on process: TalkingProcess) -> (isSelected: Bool, rule: String?, reason: String) {
        if process.isAgent { return (false, nil, "an agent leaves itself out") }
        switch process.decision {
        case .selected(nil): return (true, nil, "by default")
        case .selected(let index?): return (true, "select[\(index)]", text(selection.select[index]))
        case .excluded(let index): return (false, "exclude[\(index)]", text(selection.exclude[index]))
        case .unselected: return (false, nil, "no rule is for it")
        case .outOfScope: return (false, nil, "in another network namespace than the one that is watched")
        case .undecided: return (false, nil, "a rule asks for what is not known yet")
        }
    }

    private func text(_ rule: SelectionRule) -> String {
        let entries = rule.node().entries ?? []
        let written = entries.filter { entry in
            switch entry.value.value {
            case .sequence(let items): !items.isEmpty
            case .mapping(let entries): !entries.isEmpty
            case .empty, .scalar: true
            }
        }
        return YAMLWriter.flow(ConfigurationNode(.mapping(written), .builtIn))
    }

    private var scope: String {
        let scope = selection.scope.map { "the processes of network namespace \($0)" } ?? "every process of this kernel"
        return selection.isOn && !seesEveryProcess ? scope + " that are in the agent's own process namespace" : scope
    }

    /// For people, in aligned columns.
    public func text(coloured: Bool) -> String {
        var rows = [["PID", "SERVICE", "LISTENS", "CONTAINER", "WATCHED", "WHY"]]
        for process in processes {
            let verdict = verdict(on: process)
            let why = [verdict.rule, verdict.reason].compactMap(\.self).joined(separator: " ")
            rows.append([
                String(process.number), process.service, process.ports.map(String.init).joined(separator: ","),
                process.containerID.map { String($0.prefix(12)) } ?? "", verdict.isSelected ? "yes" : "no", why,
            ])
        }
        rows = rows.map { $0.map(ConfigurationProblems.printable) }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var text = "scope    \(scope)\n\n"
        for (number, row) in rows.enumerated() {
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count + 2)
                let isVerdict = number > 0 && column == 4
                line += isVerdict ? Terminal.paint(cell, cell == "yes" ? .green : .yellow, if: coloured) : cell
                line += padding
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        let watched = processes.filter { verdict(on: $0).isSelected }.count
        return text + "\n\(processes.count) processes talk, \(watched) of them are watched.\n"
    }

    /// For programs: an object with `scope` and `processes`, each with `pid`, `executable`, `service_name`, `container_id`,
    /// `listens`, `selected`, `rule` and `reason`.
    public var json: String {
        let items = processes.map { process in
            let verdict = verdict(on: process)
            return JSONText.object([
                ("pid", .integer(Int64(process.number))), ("executable", .optional(process.executable)),
                ("service_name", .string(process.service)), ("container_id", .optional(process.containerID)),
                ("listens", .array(process.ports.map { .integer(Int64($0)) })),
                ("selected", .bool(verdict.isSelected)), ("rule", .optional(verdict.rule)),
                ("reason", .string(verdict.reason)),
            ])
        }
        return JSONText.object([("scope", .string(scope)), ("processes", .array(items))]).text(indented: true) + "\n"
    }
}
