import Capture

/// A ``KernelReport`` for programs.
enum DoctorJSON {
    /// An object with `kernel`, `btf`, `programs`, `capabilities`, `ring_buffer`, `tracepoints`, `scope`, `not_seen`,
    /// `conservation`.
    static func render(_ report: KernelReport, _ conservation: ConservationReport) -> String {
        let programs = report.programs.map { program in
            JSONText.object([
                ("name", .string(program.name)), ("attachment", .string(program.attachment)),
                ("hook", .optional(program.hook?.rawValue)), ("loaded", .bool(program.failure == nil)),
                ("error", .optional(program.failure)),
            ])
        }
        let capabilities = report.capabilities.map { capability in
            JSONText.object([
                ("name", .string(capability.name)), ("held", .bool(capability.isHeld)),
                ("purpose", .string(capability.purpose)),
            ])
        }
        let tracepoints = report.tracepoints.map { tracepoint in
            JSONText.object([("name", .string(tracepoint.name)), ("available", .bool(tracepoint.isAvailable))])
        }
        let ring = JSONText.object([
            ("available", .bool(report.ringBufferFailure == nil)),
            ("bytes", .integer(Int64(clamping: report.ringBytes))), ("rings", .integer(Int64(report.rings))),
            ("error", .optional(report.ringBufferFailure)),
        ])
        let kernel = JSONText.object([
            ("release", .string(report.kernel)), ("architecture", .string(report.architecture)),
            ("hook", .optional(report.hook?.rawValue)), ("can_capture", .bool(DoctorAdvice.canCapture(report))),
        ])
        return JSONText.object([
            ("kernel", kernel), ("btf", .bool(report.hasBTF)), ("programs", .array(programs)),
            ("capabilities", .array(capabilities)), ("ring_buffer", ring), ("tracepoints", .array(tracepoints)),
            ("scope", .string(report.scope)), ("not_seen", .array(report.notSeen.map(JSONText.string))),
            ("conservation", conservation.json),
            ("advice", .array(DoctorAdvice.lines(for: report).map(JSONText.string))),
        ]).text(indented: true) + "\n"
    }
}
