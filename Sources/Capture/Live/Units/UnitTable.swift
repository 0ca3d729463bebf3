internal import CInterspanBPF
internal import CLibBPF
internal import Glibc

/// The programs' table of how each process's units are found: kept by the kernel with the process, addressed by the
/// descriptor that stands for it.
struct UnitTable: ~Copyable, Sendable {
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
    func set(_ layout: interspan_unit_layout, of process: borrowing ExaminedProcess) -> Bool {
        var key = process.descriptor
        var value = layout
        defer { generation.raise() }
        return bpf_map_update_elem(descriptor, &key, &value, 0) == 0
    }

    /// A process's; nil when it has none.
    func layout(of process: borrowing ExaminedProcess) -> interspan_unit_layout? {
        var key = process.descriptor
        var value = interspan_unit_layout()
        return bpf_map_lookup_elem(descriptor, &key, &value) == 0 ? value : nil
    }

    /// Removes a process's: nobody has looked at it.
    func forget(_ process: borrowing ExaminedProcess) {
        var key = process.descriptor
        bpf_map_delete_elem(descriptor, &key)
        generation.raise()
    }
}
