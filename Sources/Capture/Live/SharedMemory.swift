internal import Glibc

/// Memory of a BPF map, mapped into our own.
struct SharedMemory: ~Copyable {
    /// Where it begins.
    let address: UnsafeMutableRawPointer
    /// Bytes.
    let size: Int

    /// Maps part of a map.
    ///
    /// - Throws: an error number.
    init(descriptor: CInt, offset: Int = 0, size: Int, isWritable: Bool) throws(SystemError) {
        let protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
        let pages = (size + SharedMemory.pageSize - 1) / SharedMemory.pageSize * SharedMemory.pageSize
        guard let address = mmap(nil, pages, protection, MAP_SHARED, descriptor, offset), address != MAP_FAILED else {
            throw SystemError(number: errno)
        }
        self.address = address
        self.size = pages
    }

    deinit { munmap(address, size) }

    /// Bytes of a page of this machine.
    static let pageSize = Int(sysconf(CInt(_SC_PAGESIZE)))
}

/// A system call's failure.
struct SystemError: Error, CustomStringConvertible {
    /// `errno`.
    var number: CInt

    var description: String { String(cString: strerror(number)) }
}
