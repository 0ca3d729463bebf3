import Capture

/// What this kernel, its privileges and its processes allow, and what to do about the rest.
public struct Doctor: Sendable {
    private let report: KernelReport

    /// Examines this machine. Loads every program and takes it out again.
    public init() { self.init(report: .probe(options: CaptureOptions())) }

    init(report: KernelReport) { self.report = report }

    /// Whether requests can be captured here.
    public var canCapture: Bool { DoctorAdvice.canCapture(report) }

    /// The findings for people, in aligned columns.
    public func text(coloured: Bool) -> String { DoctorText.render(report, coloured: coloured) }

    /// The findings for programs: an object with `kernel`, `btf`, `programs`, `capabilities`, `ring_buffer`, `tracepoints`,
    /// `scope`, `not_seen`.
    public var json: String { DoctorJSON.render(report) }
}
