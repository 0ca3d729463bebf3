import Capture

/// A ``KernelReport`` for people.
struct DoctorText {
    private let isColoured: Bool
    private var text = ""

    /// The report in aligned columns, then what will not be seen, then what to do.
    static func render(_ report: KernelReport, _ conservation: ConservationReport, coloured: Bool) -> String {
        var writer = DoctorText(isColoured: coloured)
        writer.writeSummary(report)
        if let agent = conservation.agent { writer.row("agent", ConfigurationProblems.printable(agent), isGood: nil) }
        writer.writeTables(report)
        writer.table("conservation", conservation.lines)
        writer.writeVerdict(report)
        return writer.text
    }

    private init(isColoured: Bool) { self.isColoured = isColoured }

    private mutating func writeSummary(_ report: KernelReport) {
        let ring =
            report.ringBufferFailure
            ?? "\(report.rings) x \(ByteSize.format(report.ringBytes))"
        row("kernel", "\(report.kernel) (\(report.architecture))", isGood: nil)
        row(
            "btf", report.hasBTF ? "the kernel tells its types" : "missing: /sys/kernel/btf/vmlinux",
            isGood: report.hasBTF)
        row("ring buffer", ring, isGood: report.ringBufferFailure == nil)
        row("hook", report.hook?.rawValue ?? "none is possible", isGood: report.hook != nil)
        row("scope", report.scope, isGood: nil)
    }

    private mutating func writeTables(_ report: KernelReport) {
        table(
            "programs",
            report.programs.map { program in
                let hook = program.hook.map { " (\($0.rawValue))" } ?? ""
                return (program.failure == nil, program.name, program.attachment + hook, program.failure)
            })
        table(
            "capabilities",
            report.capabilities.map { ($0.isHeld, $0.name, $0.purpose, $0.isHeld ? nil : "missing") })
        table(
            "tracepoints",
            report.tracepoints.map {
                ($0.isAvailable, $0.name, "", $0.isAvailable ? nil : "this kernel does not have it")
            })
    }

    private mutating func writeVerdict(_ report: KernelReport) {
        if !report.notSeen.isEmpty {
            heading("not seen")
            for line in report.notSeen { text += "  - \(line)\n" }
        }
        let advice = DoctorAdvice.lines(for: report)
        if !advice.isEmpty {
            heading("what to do")
            for line in advice { text += "  \(line)\n" }
        }
        let canCapture = DoctorAdvice.canCapture(report)
        let verdict = canCapture ? "Requests can be captured here." : "Nothing can be captured here."
        text += "\n" + Terminal.paint(verdict, canCapture ? .green : .red, if: isColoured) + "\n"
    }

    private mutating func heading(_ title: String) {
        text += "\n" + Terminal.paint(title, .bold, if: isColoured) + "\n"
    }

    private mutating func row(_ name: String, _ value: String, isGood: Bool?) {
        let padded = name + String(repeating: " ", count: max(1, 14 - name.count))
        let colour: Terminal.Colour = isGood == false ? .red : .green
        text += padded + (isGood == nil ? value : Terminal.paint(value, colour, if: isColoured)) + "\n"
    }

    private mutating func table(
        _ title: String, _ rows: [(isGood: Bool, name: String, detail: String, problem: String?)]
    ) {
        guard !rows.isEmpty else { return }
        heading(title)
        let width = rows.map(\.name.count).max() ?? 0
        let detailWidth = rows.map(\.detail.count).max() ?? 0
        for row in rows {
            let mark =
                row.isGood
                ? Terminal.paint("ok  ", .green, if: isColoured) : Terminal.paint("no  ", .yellow, if: isColoured)
            var line = "  " + mark + row.name + String(repeating: " ", count: width - row.name.count + 2) + row.detail
            if let problem = row.problem {
                line += String(repeating: " ", count: detailWidth - row.detail.count + (detailWidth > 0 ? 2 : 0))
                line += problem
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
    }
}
