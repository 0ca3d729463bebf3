internal import CLibBPF
internal import Glibc

/// Tells the programs where we listened before they were there: rows of `own_listeners` (`bpf/maps/own.h`), which they make by
/// themselves of what begins to listen later.
enum OwnListeners {
    /// Writes a row for each. Where there is no room, or no namespace to name, the other ends of connections to that place
    /// are seen as those of anybody.
    static func note(_ listeners: [Endpoint], in map: CInt) {
        guard let namespace = NetworkScope.identity("/proc/self/ns/net") else { return }
        for listener in listeners where listener.family != .unix {
            // The namespace and the port.
            var key: (UInt32, UInt32) = (UInt32(truncatingIfNeeded: namespace.inode), UInt32(listener.port))
            // The address as it stands in a packet; all zero for every address.
            var value: (UInt64, UInt64) = (listener.high.bigEndian, listener.low.bigEndian)
            bpf_map_update_elem(map, &key, &value, 0)
        }
    }
}
