internal import CInterspanBPF
internal import CLibBPF

/// How much of which socket's bytes the programs copy: a table that they read and we write, without a system call.
struct ModeTable: ~Copyable {
    private let memory: SharedMemory
    private static let stride = MemoryLayout<interspan_socket_mode>.stride

    /// Maps the table.
    init(descriptor: CInt) throws(SystemError) {
        memory = try SharedMemory(
            descriptor: descriptor, size: Int(INTERSPAN_MODE_SLOTS) * ModeTable.stride, isWritable: true)
    }

    /// Sets a socket's mode. Its slot may be another socket's, which then has the default again. While it is written
    /// the slot is nobody's, so that no program reads half of it.
    func set(_ mode: interspan_socket_mode) {
        let slot = memory.address + Int(mode.socket % UInt64(INTERSPAN_MODE_SLOTS)) * ModeTable.stride
        interspan_store_release(slot, 0)
        var unowned = mode
        unowned.socket = 0
        slot.storeBytes(of: unowned, as: interspan_socket_mode.self)
        interspan_store_release(slot, mode.socket)
    }
}
