internal import CInterspanBPF
internal import CLibBPF

/// What the kernel's programs are told of each process: kept by the kernel with the process, addressed by the descriptor
/// that stands for it. The value of the map is laid out as `Value`.
struct ProcessTable<Value: BitwiseCopyable>: ~Copyable, Sendable {
    private let map: MapDescriptor
    private let generation: TableGeneration

    /// A table that stays when the programs' object is gone.
    ///
    /// - Parameter switches: the map with `interspan_selection`.
    init(descriptor: CInt, switches: CInt) throws(SystemError) {
        let generation = try TableGeneration(descriptor: switches)
        map = try MapDescriptor(descriptor)
        self.generation = generation
    }

    /// Sets a process's; false when it is gone, or there is no room.
    func set(_ value: Value, of process: borrowing ExaminedProcess) -> Bool {
        var key = process.descriptor
        var value = value
        defer { generation.raise() }
        return bpf_map_update_elem(map.number, &key, &value, 0) == 0
    }

    /// Reads a process's; false, and `value` stays as it is, when it has none.
    func read(_ value: inout Value, of process: borrowing ExaminedProcess) -> Bool {
        var key = process.descriptor
        return bpf_map_lookup_elem(map.number, &key, &value) == 0
    }

    /// Removes a process's: nobody has looked at it.
    func forget(_ process: borrowing ExaminedProcess) {
        var key = process.descriptor
        bpf_map_delete_elem(map.number, &key)
        generation.raise()
    }
}
