import Glibc
import NIOCore

extension SenderAddress {
    /// The other end of an accepted connection; nil where it is none of TCP, or gone.
    init?(of channel: any Channel) {
        guard let remote = channel.remoteAddress, let port = remote.port, let listener = channel.localAddress?.port
        else { return nil }
        let bytes = remote.withSockAddr { address, size in
            let bytes = UnsafeRawBufferPointer(start: address, count: size)
            switch CInt(address.pointee.sa_family) {
            case AF_INET: return Array(bytes[4..<8])  // sin_addr
            case AF_INET6: return Array(bytes[8..<24])  // sin6_addr
            default: return []
            }
        }
        self.init(bytes: bytes, port: UInt16(truncatingIfNeeded: port), listener: UInt16(truncatingIfNeeded: listener))
    }
}
