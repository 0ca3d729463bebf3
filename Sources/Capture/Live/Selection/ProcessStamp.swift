/// Which program a process runs, and as whom: what a verdict is given for. The kernel's programs compare it with what they
/// see, so that a verdict on the program before is none on the next.
struct ProcessStamp: Equatable {
    /// Where its stack begins, which the kernel chooses anew for each program (`startstack`, field 28 of `/proc/PID/stat`,
    /// proc(5)); 0 for a thread of the kernel, and where we may not know.
    var stack: UInt64
    /// Its effective user (the second number of `Uid:` in `/proc/PID/status`): the folder's own owner is root's for those
    /// that let nobody look at their memory.
    var user: UInt32

    /// A process's; nil when it is gone.
    init?(of number: UInt32) {
        guard let stat = ProcessStamp.read("/proc/\(number)/stat"),
            let status = ProcessStamp.read("/proc/\(number)/status"),
            let user = ProcessStamp.user(in: status)
        else { return nil }
        stack = ProcessStamp.stack(in: stat) ?? 0
        self.user = user
    }

    /// From what `stat` says.
    static func stack(in stat: [UInt8]) -> UInt64? {
        // The second field is the name in parentheses, which may itself have spaces and parentheses.
        guard let close = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat[(close + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 26)
        return fields.count > 25 ? UInt64(String(decoding: fields[25], as: UTF8.self)) : nil
    }

    /// From what `status` says.
    static func user(in status: [UInt8]) -> UInt32? {
        for line in status.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Uid:".utf8) {
            let numbers = line.dropFirst(4).split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
            return numbers.count > 1 ? UInt32(String(decoding: numbers[1], as: UTF8.self)) : nil
        }
        return nil
    }

    private static func read(_ path: String) -> [UInt8]? {
        let bytes = ExaminedProcess.read(path, limit: 4096)
        return bytes.isEmpty ? nil : bytes
    }
}
