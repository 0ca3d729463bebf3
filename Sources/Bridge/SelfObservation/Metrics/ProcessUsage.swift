internal import Glibc

/// What the agent's process uses, as /proc says (proc(5)).
struct ProcessUsage: Equatable {
    /// Bytes of memory that are resident.
    var residentBytes: UInt64 = 0
    /// Processor time, ns, by the name of the threads that used it: those that run now.
    var threads: [String: UInt64] = [:]
    /// Processor time of all threads, those that have ended included, ns.
    var processorTime: UInt64 = 0
    /// Threads there are.
    var threadCount: UInt64 = 0
    /// Open file descriptors.
    var openFiles: UInt64 = 0
    /// Most that may be open.
    var mostFiles: UInt64 = 0
    /// When it began, s since 1970.
    var began: Double = 0

    /// Most names of threads that are told apart.
    private static let mostNames = 32

    /// As it is now.
    static func now() -> ProcessUsage {
        var usage = ProcessUsage()
        let tick = UInt64(max(sysconf(CInt(_SC_CLK_TCK)), 1))
        let page = UInt64(max(sysconf(CInt(_SC_PAGESIZE)), 1))
        if let text = ProcFS.read("/proc/self/statm", limit: 256) { usage.residentBytes = resident(text) &* page }
        if let text = ProcFS.read("/proc/self/stat", limit: 4096), let stat = Stat(text) {
            usage.processorTime = stat.ticks &* (1_000_000_000 / tick)
            usage.threadCount = stat.threads
            if let text = ProcFS.read("/proc/stat", limit: 1 << 20), let boot = bootTime(text) {
                usage.began = Double(boot) + Double(stat.began) / Double(tick)
            }
        }
        for task in names("/proc/self/task") {
            guard let text = ProcFS.read("/proc/self/task/\(task)/stat", limit: 4096), let stat = Stat(text) else {
                continue
            }
            guard usage.threads[stat.name] != nil || usage.threads.count < mostNames else { continue }
            usage.threads[stat.name, default: 0] &+= stat.ticks &* (1_000_000_000 / tick)
        }
        // Of which one reads the folder.
        usage.openFiles = UInt64(max(names("/proc/self/fd").count - 1, 0))
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            usage.mostFiles = UInt64(limit.rlim_cur)
        }
        return usage
    }

    /// What `stat` of a process or thread says.
    struct Stat: Equatable {
        /// Its name.
        var name: String
        /// Processor time in user and in kernel mode, in clock ticks.
        var ticks: UInt64
        /// Threads of the process.
        var threads: UInt64
        /// When it began, in clock ticks since the system did.
        var began: UInt64

        /// Nil when it is not what the kernel writes.
        init?(_ text: [UInt8]) {
            // The name stands in parentheses, and may have some itself.
            guard let open = text.firstIndex(of: UInt8(ascii: "(")), let close = text.lastIndex(of: UInt8(ascii: ")")),
                open < close
            else { return nil }
            let fields = text[(close + 1)...].split(separator: UInt8(ascii: " ")).map {
                String(decoding: $0, as: UTF8.self)
            }
            // The first of these is field 3.
            guard fields.count > 19, let user = UInt64(fields[11]), let system = UInt64(fields[12]),
                let threads = UInt64(fields[17]), let began = UInt64(fields[19])
            else { return nil }
            name = String(decoding: text[(open + 1)..<close], as: UTF8.self)
            ticks = user &+ system
            self.threads = threads
            self.began = began
        }
    }

    /// The second field of `statm`: pages that are resident.
    static func resident(_ text: [UInt8]) -> UInt64 {
        let fields = text.split(separator: UInt8(ascii: " "))
        return fields.count > 1 ? UInt64(String(decoding: fields[1], as: UTF8.self)) ?? 0 : 0
    }

    /// `btime` of `/proc/stat`: when the system began, s since 1970.
    static func bootTime(_ text: [UInt8]) -> UInt64? {
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "btime ".utf8) {
            return UInt64(String(decoding: line.dropFirst("btime ".utf8.count), as: UTF8.self))
        }
        return nil
    }

    private static func names(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.first != "." { names.append(name) }
        }
        return names
    }
}
