import Glibc

/// A file of the state directory: replaced as a whole, bounded, and passed over when it is not what was written.
struct StateFile {
    /// What was found.
    struct Reading {
        /// The file's bytes; nil if it cannot be used, or there is none.
        var bytes: [UInt8]?
        /// Why the file was passed over; nil if it was not, or there is none.
        var problem: String?
    }

    /// The folder it is in.
    let folder: String
    /// Its name there.
    let name: String

    /// Reads it.
    /// - Parameter sizes: what it may have, in bytes; another size is a problem.
    func read(sizes: ClosedRange<Int>) -> Reading {
        // Not waiting for the writer of what turns out to be a pipe.
        let file = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return errno == ENOENT ? Reading() : Reading(problem: Self.reason()) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return Reading(problem: Self.reason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { return Reading(problem: "not a file") }
        guard status.st_uid == geteuid() else { return Reading(problem: "it belongs to another user") }
        guard sizes ~= Int(status.st_size) else { return Reading(problem: "of another size") }
        guard let bytes = Self.contents(of: file, count: Int(status.st_size)) else {
            return Reading(problem: "it cannot be read")
        }
        return Reading(bytes: bytes)
    }

    /// Replaces it. The folder is made (0700) if it is missing. What was there stays until the new one is on the disk.
    /// - Returns: why that failed; nil if it did not.
    func write(_ bytes: [UInt8]) -> String? {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { return Self.reason() }
        let path = "\(folder)/\(name)"
        let new = path + ".new"
        // What was left of a write that did not come to its end.
        unlink(new)
        let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return Self.reason() }
        let isWritten = Self.write(bytes, to: file) && fsync(file) == 0
        let problem = isWritten ? nil : Self.reason()
        close(file)
        guard isWritten, rename(new, path) == 0 else {
            let problem = problem ?? Self.reason()
            unlink(new)
            return problem
        }
        Self.sync(folder)
        return nil
    }

    private static func contents(of file: Int32, count: Int) -> [UInt8]? {
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = Glibc.read(file, buffer.baseAddress.map { $0 + filled }, count - filled)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
            isWhole = true
        }
        return isWhole ? bytes : nil
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }

    /// So that the new name is there after the end of the machine.
    private static func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
