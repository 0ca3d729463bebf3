internal import CInterspanBPF
internal import CLibBPF

/// Tells the kernel's programs that a table of processes was written: what they remember of it from before
/// (`bpf/maps/processes.h`) is to be looked up anew. One counter for all such tables, which wraps.
///
/// Unchecked: the memory is never touched but by one atomic addition, and stays mapped as long as this is there.
struct TableGeneration: ~Copyable, @unchecked Sendable {
    private let memory: SharedMemory

    /// Maps it, for as long as the table that is written.
    ///
    /// - Parameter descriptor: of the map with `interspan_selection`.
    init(descriptor: CInt) throws(SystemError) {
        memory = try SharedMemory(
            descriptor: descriptor, size: MemoryLayout<interspan_selection>.size, isWritable: true)
    }

    /// Comes after each writing: a program that still found what was there before remembers the number before.
    func raise() {
        interspan_increment_32(memory.address + MemoryLayout<interspan_selection>.offset(of: \.generation)!)
    }
}
