internal import CInterspanBPF
internal import CLibBPF

/// Which connections the programs leave out, in memory that they share with us: the share is ours to write, theirs is to say
/// that a ring was full.
struct OverloadSwitch: ~Copyable {
    private let memory: SharedMemory

    /// Maps it.
    init(descriptor: CInt) throws(SystemError) {
        memory = try SharedMemory(
            descriptor: descriptor, size: MemoryLayout<interspan_overload>.size, isWritable: true)
    }

    /// Since when everything is left out because a record had no room, ns of CLOCK_MONOTONIC; 0 where nothing is.
    var fullSince: UInt64 { interspan_load_acquire(memory.address) }

    /// The share that is left out.
    var share: UInt32 {
        interspan_load_acquire_32(memory.address + MemoryLayout<interspan_overload>.offset(of: \.share)!)
    }

    /// Leaves another share out.
    func set(share: UInt32) {
        interspan_store_release_32(memory.address + MemoryLayout<interspan_overload>.offset(of: \.share)!, share)
    }

    /// There is room again.
    func clearFull() { interspan_store_release(memory.address, 0) }
}
