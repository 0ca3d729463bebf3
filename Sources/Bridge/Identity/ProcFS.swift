internal import Glibc

/// Reads of /proc, bounded.
enum ProcFS {
    /// A file's first bytes; nil when it cannot be opened or read.
    static func read(_ path: String, limit: Int = 65_536) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return read(from: file, limit: limit)
    }

    /// The first bytes of an open file; nil when it cannot be read.
    static func read(from file: Int32, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let wanted = min(16_384, limit - bytes.count)
            var got = 0
            let more = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                got = Glibc.read(file, buffer.baseAddress, wanted)
                count = max(0, got)
            }
            if got < 0 { return bytes.isEmpty ? nil : bytes }
            if got == 0 { break }
            bytes += more
        }
        return bytes
    }

    /// A NUL-separated list (`cmdline`, `environ`).
    static func list(_ path: String, limit: Int = 65_536) -> [String]? {
        read(path, limit: limit).map { $0.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } }
    }

    /// What a symbolic link points to.
    static func link(_ path: String) -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            count = max(0, buffer.withMemoryRebound(to: CChar.self) { readlink(path, $0.baseAddress!, $0.count) })
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// When a process started, in clock ticks since boot: field 22 of `stat`.
    static func startTicks(_ pid: UInt32) -> UInt64? {
        guard let stat = read("/proc/\(pid)/stat", limit: 4096),
            // The second field is the name in parentheses, which may itself have spaces and parentheses.
            let close = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = stat[(close + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 19 ? UInt64(String(decoding: fields[19], as: UTF8.self)) : nil
    }
}
