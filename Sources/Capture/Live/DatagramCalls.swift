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

    /// Every call, with its name and the tracepoint of its return where there is one.
    static func all() -> [(call: interspan_datagram_call, name: String, tracepoint: UInt64?)] {
        let tracefs = Tracefs()
        let calls = [
            INTERSPAN_DATAGRAM_CALL_RECVFROM, INTERSPAN_DATAGRAM_CALL_RECVMSG, INTERSPAN_DATAGRAM_CALL_RECVMMSG,
        ]
        return zip(calls, names).map { call, name in (call, name, tracefs?.id(ofReturn: name)) }
    }
}
