import Glibc
import Synchronization

/// A server on an AF_UNIX socket that answers HTTP/1.1 as it is told, or never.
final class SocketServer: Sendable {
    /// The socket's path.
    let path: String
    private let listener: Int32
    private let asked = Atomic(0)

    /// How many connections it has taken.
    var connections: Int { asked.load(ordering: .relaxed) }

    /// - Parameter answer: the body for a request's head; nil: no answer at all, and the connection stays.
    init(status: Int = 200, answer: @escaping @Sendable (String) -> [UInt8]?) throws {
        path = "/tmp/interspan-test-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard isBound == 0, listen(listener, 64) == 0 else { throw Failure() }
        var thread = pthread_t()
        let work = Work { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                asked.add(1, ordering: .relaxed)
                var head = [UInt8](repeating: 0, count: 4096)
                let count = max(read(connection, &head, head.count), 0)
                guard let body = answer(String(decoding: head[..<count], as: UTF8.self)) else { continue }
                let bytes = Array("HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
                var sent = 0
                while sent < bytes.count {
                    let more = bytes[sent...].withUnsafeBytes {
                        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard more > 0 else { break }
                    sent += more
                }
                close(connection)
            }
        }
        pthread_create(
            &thread, nil,
            {
                Unmanaged<Work>.fromOpaque($0!).takeRetainedValue().body(); return nil
            }, Unmanaged.passRetained(work).toOpaque())
        pthread_detach(thread)
    }

    /// Takes the socket away.
    func disappear() {
        unlink(path)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    struct Failure: Error {}

    private final class Work {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }
}
