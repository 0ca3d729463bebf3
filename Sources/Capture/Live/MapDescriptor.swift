internal import Glibc

/// A descriptor of a map of our own, with which the map stays when the programs' object is gone.
struct MapDescriptor: ~Copyable, Sendable {
    /// For calls of bpf(), as long as this is there.
    let number: CInt

    /// - Parameter descriptor: the object's.
    /// - Throws: where no further descriptor may be open.
    init(_ descriptor: CInt) throws(SystemError) {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError(number: errno) }
        number = copy
    }

    deinit { close(number) }
}
