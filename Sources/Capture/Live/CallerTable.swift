internal import CInterspanBPF
internal import CLibBPF

/// The programs' table of which process is at the other end of a connection with the agent (`bpf/maps/callers.h`).
///
/// Stays when the programs are gone. May be asked from any thread; asking is a system call.
public final class CallerTable: Sendable {
    private let map: MapDescriptor

    init(descriptor: CInt) throws(SystemError) {
        map = try MapDescriptor(descriptor)
    }

    /// Whose a connection is.
    ///
    /// - Parameters:
    ///   - caller: the address and port that it came from, as accepted. IPv4 in IPv6 counts as IPv4.
    ///   - listener: the port of ours that it came to.
    /// - Returns: nil where it has not moved anything yet, comes from elsewhere, or its process is not watched.
    public func process(at caller: Endpoint, listener: UInt16) -> ProcessKey? {
        guard caller.family != .unix else { return nil }
        var key = interspan_caller_place()
        var address = (caller.high.bigEndian, caller.low.bigEndian)
        withUnsafeMutableBytes(of: &key.address) { key in withUnsafeBytes(of: &address) { key.copyMemory(from: $0) } }
        key.port = caller.port
        key.listener = listener
        var value = interspan_caller()
        guard bpf_map_lookup_elem(map.number, &key, &value) == 0 else { return nil }
        return ProcessKey(pid: value.pid, start: value.process_start)
    }
}
