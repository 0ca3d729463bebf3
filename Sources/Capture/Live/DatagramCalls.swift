internal import CInterspanBPF
internal import CLibBPF

/// The calls in which a server that does not connect its socket receives datagrams, with `sock`: who sent one is in its
/// memory only when the call returns. Their returns are watched as soon as a program has met such a server.
struct DatagramCalls: ~Copyable {
    /// As tracefs names them.
    static let names = ["recvfrom", "recvmsg", "recvmmsg"]

    private let memory: SharedMemory

    /// Maps what programs and agent tell each other.
    init(descriptor: CInt) throws(SystemError) {
        memory = try SharedMemory(
            descriptor: descriptor, size: MemoryLayout<interspan_datagram_calls>.size, isWritable: true)
    }

    /// Calls that should be watched and are not yet: bits of ``interspan_datagram_call``.
    var missing: UInt32 {
        let calls = memory.address.load(as: interspan_datagram_calls.self)
        return calls.wanted & ~calls.watched
    }

    /// Says that calls are watched, or cannot be: the programs then rely on it.
    func setWatched(_ calls: UInt32) {
        let watched = memory.address.load(as: interspan_datagram_calls.self).watched
        interspan_store_release_32(memory.address, watched | calls)
    }

    /// The tracepoints of the calls' returns that there are.
    static func tracepoints() -> [(call: interspan_datagram_call, tracepoint: UInt64)] {
        guard let tracefs = Tracefs() else { return [] }
        let calls = [
            INTERSPAN_DATAGRAM_CALL_RECVFROM, INTERSPAN_DATAGRAM_CALL_RECVMSG, INTERSPAN_DATAGRAM_CALL_RECVMMSG,
        ]
        return zip(calls, names).compactMap { call, name in
            tracefs.id(of: "syscalls:sys_exit_\(name)").map { (call, $0) }
        }
    }
}
