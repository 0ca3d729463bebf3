internal import Glibc

/// `kernel.perf_event_paranoid`: whom the kernel lets open performance events, and with them the tracepoints of system calls.
/// Above 2, as distributions' patches have it (Debian's default is 3), nobody but CAP_SYS_ADMIN; upstream kernels let
/// CAP_PERFMON at any value.
enum PerfEventParanoia {
    /// The value; nil where it cannot be read.
    static var value: Int? {
        let file = open("/proc/sys/kernel/perf_event_paranoid", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 16)
        let length = read(file, &text, text.count)
        guard length > 0 else { return nil }
        return Int(String(decoding: text.prefix(length).prefix { $0 > 0x20 }, as: UTF8.self))
    }

    /// Whether CAP_PERFMON does not open tracepoints of system calls.
    static var needsAdministrator: Bool { (value ?? 0) > 2 }
}
