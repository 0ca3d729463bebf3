internal import CInterspanBPF
internal import CLibBPF
internal import Glibc

/// How many rings there are and how large each is: one per possible CPU, which share what was asked for.
struct RingLayout {
    /// Least bytes of a ring.
    static let minimum = 32_768

    /// Rings: possible CPUs.
    var count: Int
    /// Bytes of each: a power of two and whole pages.
    var size: Int

    /// Each CPU's share of a total, rounded down to a power of two.
    init(total: UInt64, processors: Int) {
        count = max(processors, 1)
        let share = Int(clamping: min(total, 1 << 40)) / count
        let least = max(RingLayout.minimum, SharedMemory.pageSize)
        size = least
        while size * 2 <= share, size < 1 << 30 { size *= 2 }
    }

    /// The machine's.
    init(total: UInt64) {
        self.init(total: total, processors: Int(libbpf_num_possible_cpus()))
    }

    /// Most bytes of one call that a record may carry: a record never exceeds a quarter of its ring, nor 64 KiB.
    var payloadBound: UInt32 {
        UInt32(min(size / 4 - MemoryLayout<interspan_record>.size - 8, 65_536))
    }

    /// Makes a ring of the least size and lets go of it: whether there can be any.
    static func tryRing() throws(SystemError) { close(try RingLayout(total: 0, processors: 1).makeRing()) }

    /// Makes a ring.
    ///
    /// - Returns: its descriptor, which the caller closes.
    func makeRing() throws(SystemError) -> CInt {
        let descriptor = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "interspan_ring", 0, 0, UInt32(size), nil)
        guard descriptor >= 0 else { throw SystemError(number: -descriptor) }
        return descriptor
    }
}
