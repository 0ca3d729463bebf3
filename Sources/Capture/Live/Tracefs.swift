internal import CLibBPF
internal import Glibc
internal import Synchronization

/// The kernel's directory of tracepoints. Where it is mounted nowhere, it is mounted for ourselves alone, invisibly
/// (which needs CAP_SYS_ADMIN).
struct Tracefs: ~Copyable {
    private let root: CInt
    /// A mount of our own, for as long as we run; -1 while there is none. Written once, before there are other threads.
    private static let own = Atomic<CInt>(-1)

    /// Mounts it for ourselves if it is mounted nowhere, while the privilege is still there.
    static func prepare() {
        if let mounted = openMounted() {
            close(mounted)
        } else {
            own.store(interspan_open_tracefs(), ordering: .relaxed)
        }
    }

    /// nil where it is not to be had.
    init?() {
        if let mounted = Tracefs.openMounted() {
            root = mounted
            return
        }
        let own = Tracefs.own.load(ordering: .relaxed)
        root = own >= 0 ? openat(own, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : interspan_open_tracefs()
        if root < 0 { return nil }
    }

    /// Where it is mounted for everybody.
    private static func openMounted() -> CInt? {
        for path in ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"] {
            let root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard root >= 0 else { continue }
            if faccessat(root, "events", F_OK, 0) == 0 { return root }
            close(root)
        }
        return nil
    }

    deinit { close(root) }

    /// The number of the tracepoint of a system call's return, nil when the kernel has none.
    func id(ofReturn call: String) -> UInt64? { id(of: "syscalls:sys_exit_\(call)") }

    /// The number of a tracepoint (`syscalls:sys_exit_poll`), nil when the kernel has none of that name.
    func id(of tracepoint: String) -> UInt64? {
        let path = "events/\(tracepoint.split(separator: ":").joined(separator: "/"))/id"
        let file = openat(root, path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 32)
        let length = read(file, &text, text.count)
        guard length > 0 else { return nil }
        return UInt64(String(decoding: text.prefix(length).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
