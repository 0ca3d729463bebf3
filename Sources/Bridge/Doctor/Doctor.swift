import Capture

/// What this kernel, its privileges and its processes allow, and what to do about the rest.
public struct Doctor: Sendable {
    private let report: KernelReport
    private let conservation: ConservationReport

    /// Examines this machine for what a configuration captures: loads every program and takes it out again. Asks the agent of
    /// that configuration, if it runs, whether what it counts adds up.
    public init(configuration: Configuration) {
        var report = KernelReport.probe(options: configuration.captureOptions)
        if report.hook != nil { report.notSeen.append(Self.otherProtocols) }
        self.init(report: report, conservation: .ask(configuration.telemetry.metrics))
    }

    init(report: KernelReport, conservation: ConservationReport = .unasked) {
        self.report = report
        self.conservation = conservation
    }

    /// What is not read, by what is.
    static var otherProtocols: String {
        // Of TLS there are no requests.
        let read = ApplicationProtocol.recognised.filter { $0 != .tls }.map { ProtocolDescription($0).name }
        return "protocols other than \(read.joined(separator: ", ")): their connections are left alone"
    }

    /// Whether requests can be captured here.
    public var canCapture: Bool { DoctorAdvice.canCapture(report) }

    /// The findings for people, in aligned columns.
    public func text(coloured: Bool) -> String { DoctorText.render(report, conservation, coloured: coloured) }

    /// The findings for programs: an object with `kernel`, `btf`, `programs`, `capabilities`, `ring_buffer`, `tracepoints`,
    /// `scope`, `not_seen`, `conservation`.
    public var json: String { DoctorJSON.render(report, conservation) }
}
