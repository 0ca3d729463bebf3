import Capture

/// What to do about what a ``KernelReport`` found missing.
enum DoctorAdvice {
    /// Whether anything can be captured at all.
    static func canCapture(_ report: KernelReport) -> Bool { report.hook != nil && report.ringBufferFailure == nil }

    /// Lines of advice, the most helpful first; none when all is well.
    static func lines(for report: KernelReport) -> [String] {
        var lines: [String] = []
        let missing = report.capabilities.filter { !$0.isHeld }
        let needed = missing.filter { required.contains($0.name) }.map(\.name)
        if !needed.isEmpty {
            let names = needed.joined(separator: ", ")
            lines.append("Run as root, or give the program what it lacks: \(names).")
            let all = required.map { $0.lowercased() }.joined(separator: ",")
            lines.append(
                "For a file: setcap \(all)+ep interspan. In a container: add these capabilities, and a seccomp")
            lines.append("profile that allows bpf and perf_event_open.")
        }
        if !report.hasBTF {
            lines.append(
                "Use a kernel built with CONFIG_DEBUG_INFO_BTF=y: distributions' kernels are since about 2020.")
        }
        if report.ringBufferFailure != nil, report.hook != nil, needed.isEmpty {
            lines.append("Ring buffers need Linux 5.8 and memory: try a smaller receivers.ebpf.ring_buffer.")
        }
        if report.hook == nil, needed.isEmpty, report.hasBTF {
            lines.append("The kernel took none of the ways of hooking; the programs' own lines above say why.")
            lines.append("Linux 5.15 or later is needed. Kernel lockdown, LSM policies and the seccomp profile of a")
            lines.append("container can refuse BPF as well: allow bpf and perf_event_open, or seccomp=unconfined.")
        }
        if let paranoia = report.paranoia, needed.isEmpty {
            lines.append(
                "Turns of event loops, by which parents are found, and the peers of unconnected DNS servers are")
            lines.append(
                "not seen while kernel.perf_event_paranoid is \(paranoia) and CAP_SYS_ADMIN is missing. Either run")
            lines.append("`sysctl kernel.perf_event_paranoid=2`, which lets CAP_PERFMON do, or add CAP_SYS_ADMIN.")
        }
        return lines
    }

    /// Capabilities without which nothing can be captured.
    private static let required = ["CAP_BPF", "CAP_PERFMON"]
}
