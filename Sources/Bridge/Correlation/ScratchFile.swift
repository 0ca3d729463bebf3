import Glibc

/// A file without a name, for what may be larger than memory: gone when it is closed. In `TMPDIR`, else /var/tmp or
/// /tmp; where none of them can be written, in memory (/dev/shm).
final class ScratchFile {
    /// Its descriptor.
    let descriptor: Int32

    /// An empty one.
    /// - Throws: ``CorrelateError`` when there is no way to have one.
    init() throws(CorrelateError) {
        // O_TMPFILE, which is not imported, since it is made of two.
        let unnamed: Int32 = 0o20000000 | O_DIRECTORY
        var folders = ["/var/tmp", "/tmp", "/dev/shm"]
        if let chosen = getenv("TMPDIR") { folders.insert(String(cString: chosen), at: 0) }
        for folder in folders {
            let descriptor = open(folder, unnamed | O_RDWR | O_CLOEXEC, 0o600)
            if descriptor >= 0 {
                self.descriptor = descriptor
                return
            }
        }
        throw CorrelateError("no room for temporary data (TMPDIR, /var/tmp, /tmp): " + CorrelateError.reason())
    }

    deinit { close(descriptor) }
}

/// Why a file could not be correlated: one line.
public struct CorrelateError: Error, CustomStringConvertible, Sendable {
    /// One line.
    public let description: String

    init(_ description: String) { self.description = description }

    /// What the system says of the last call that failed.
    static func reason() -> String { String(cString: strerror(errno)) }
}
