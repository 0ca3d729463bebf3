internal import CInterspanBPF
internal import CLibBPF
internal import Glibc

/// The programs' table of which processes are watched: kept by the kernel with the process, addressed by the descriptor
/// that stands for it.
struct VerdictTable: ~Copyable, Sendable {
    private let descriptor: CInt
    private let generation: TableGeneration

    /// A table that stays when the programs' object is gone.
    ///
    /// - Parameter switches: the map with `interspan_selection`.
    init(descriptor: CInt, switches: CInt) throws(SystemError) {
        let generation = try TableGeneration(descriptor: switches)
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError(number: errno) }
        self.descriptor = copy
        self.generation = generation
    }

    deinit { close(descriptor) }

    /// Sets a process's; false when it is gone, or there is no room.
    func set(_ verdict: interspan_verdict, of process: borrowing ExaminedProcess) -> Bool {
        var key = process.descriptor
        var value = verdict
        defer { generation.raise() }
        return bpf_map_update_elem(descriptor, &key, &value, 0) == 0
    }

    /// A process's; nil when it has none.
    func verdict(of process: borrowing ExaminedProcess) -> interspan_verdict? {
        var key = process.descriptor
        var value = interspan_verdict()
        guard bpf_map_lookup_elem(descriptor, &key, &value) == 0,
            value.kind != UInt8(INTERSPAN_VERDICT_NONE.rawValue)
        else { return nil }
        return value
    }

    /// Removes a process's: nobody has judged it.
    func forget(_ process: borrowing ExaminedProcess) {
        var key = process.descriptor
        bpf_map_delete_elem(descriptor, &key)
        generation.raise()
    }
}

extension interspan_verdict {
    /// What the programs are to know.
    init(_ verdict: ProcessVerdict, for stamp: ProcessStamp) {
        self.init()
        stack = stamp.stack
        user = stamp.user
        kind = UInt8((verdict.isWatched ? INTERSPAN_VERDICT_WATCHED : INTERSPAN_VERDICT_LEFT_OUT).rawValue)
        is_inherited = verdict.holdsForChildren ? 1 : 0
        is_lasting = verdict.isLasting ? 1 : 0
    }

    /// Whether it was given for this program and user.
    func isFor(_ stamp: ProcessStamp) -> Bool { user == stamp.user && (stack == 0 || stack == stamp.stack) }

    /// Whether it says the same.
    func isSame(as other: interspan_verdict) -> Bool {
        stack == other.stack && user == other.user && kind == other.kind && is_inherited == other.is_inherited
            && is_lasting == other.is_lasting
    }
}
