import Glibc
import NIOCore

extension ListenAddress {
    /// The address to bind: of a name the first IPv4 address, or its first IPv6 address when it has no other. That is
    /// what the Collector does, so `localhost` is 127.0.0.1 wherever its peers look for it first.
    /// - Throws: ``ReceiverError`` without a key when there is none.
    func resolve() throws(ReceiverError) -> SocketAddress {
        guard (0...65_535).contains(port) else { throw ReceiverError("a port in 0...65535 was expected") }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var result: Int32 = 0
        // Without a host both families are heard on the IPv6 socket, where there is IPv6.
        for family in host.isEmpty ? [AF_INET6, AF_INET] : [AF_INET, AF_INET6] {
            hints.ai_family = family
            var found: UnsafeMutablePointer<addrinfo>?
            result = getaddrinfo(host.isEmpty ? nil : host, "\(port)", &hints, &found)
            defer { if result == 0 { freeaddrinfo(found) } }
            guard result == 0, let address = found?.pointee.ai_addr else { continue }
            if family == AF_INET {
                return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    SocketAddress($0.pointee, host: "")
                }
            }
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee, host: "") }
        }
        throw ReceiverError(String(cString: gai_strerror(result)))
    }
}
