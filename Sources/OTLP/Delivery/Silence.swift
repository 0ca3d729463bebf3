import Glibc

/// Lets the kernel end a connection whose peer has vanished: bytes that were sent and not even acknowledged by its
/// kernel for so long (TCP_USER_TIMEOUT of tcp(7)). Otherwise an HTTP/2 connection, which outlives the requests that
/// time out on it, would be tried for a quarter of an hour.
func limitSilence(of socket: CInt, _ nanoseconds: UInt64) {
    var milliseconds = UInt32(clamping: max(nanoseconds / 1_000_000, 1000))
    // A socket that does not know it is none of TCP and has nothing to lose.
    _ = setsockopt(socket, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<UInt32>.size))
}
