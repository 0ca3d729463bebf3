internal import Glibc

/// The capabilities that are effective.
struct Privileges {
    private let effective: UInt64

    /// What loading needs, by number and name, and what for.
    static let needed: [(number: UInt64, name: String, purpose: String)] = [
        (39, "CAP_BPF", "load the BPF programs and make their maps"),
        (38, "CAP_PERFMON", "attach them and read kernel memory"),
        (19, "CAP_SYS_PTRACE", "read who a process is (/proc/PID/exe, environ)"),
        (2, "CAP_DAC_READ_SEARCH", "read other users' binaries"),
    ]
    /// CAP_SYS_ADMIN.
    static let administrator: UInt64 = 21

    /// As `/proc/self/status` gives them; none when it cannot be read.
    init() {
        effective = Privileges.read()
    }

    /// Whether a capability is effective. CAP_SYS_ADMIN stands for the two that were split off it (5.8).
    func holds(_ number: UInt64) -> Bool {
        effective >> number & 1 == 1 || (number >= 38 && effective >> Privileges.administrator & 1 == 1)
    }

    /// Whether a capability is effective by its own name.
    func holdsItself(_ number: UInt64) -> Bool { effective >> number & 1 == 1 }

    /// Names of those without which nothing can be loaded.
    var missing: [String] { Privileges.needed.prefix(2).filter { !holds($0.number) }.map(\.name) }

    private static func read() -> UInt64 {
        let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 8192)
        let length = Glibc.read(file, &text, text.count)
        guard length > 0 else { return 0 }
        let line = String(decoding: text.prefix(length), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16) } ?? 0
    }
}
