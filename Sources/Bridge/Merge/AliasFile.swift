import Glibc
internal import OTLP

/// The alias table of traces on disk, so that a trace that was joined to another stays there when the agent is
/// restarted: one file in the state directory, replaced as a whole.
///
/// The file, version 1: `ISPALIAS`, then little-endian the version (4 bytes), the count of entries (4), a checksum of
/// everything but itself (8, FNV-1a), then each entry: alias and trace (16 bytes each, as on the wire), parent (8,
/// likewise) and expiry (8). A file that is not exactly that is passed over as a whole.
struct AliasFile {
    /// A trace that was joined to another.
    struct Entry: Equatable {
        /// The trace id that its spans come with; never zero.
        var alias: TraceID
        /// The trace they belong to; never zero.
        var trace: TraceID
        /// What its root hangs from in that trace; 0 if it stays a root.
        var rootParentSpanID: UInt64
        /// Until when it holds, ns since 1970.
        var expiry: UInt64
    }

    /// What was found.
    struct Reading {
        /// The entries that still hold, in the order in which they were written; none if the file cannot be used.
        var entries: [Entry] = []
        /// Why the file was passed over; nil if it was not, or there is none.
        var problem: String?
    }

    /// Most entries in a file. Of more those are written that hold longest.
    static let maximumEntries = 65_536
    /// The file's name in its folder.
    static let name = "trace-aliases"

    /// Reads the file of a folder.
    /// - Parameter now: ns since 1970; what has expired is left out.
    static func read(folder: String, now: UInt64) -> Reading {
        // Not waiting for the writer of what turns out to be a pipe.
        let file = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return errno == ENOENT ? Reading() : Reading(problem: reason()) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return Reading(problem: reason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { return Reading(problem: "not a file") }
        guard status.st_uid == geteuid() else { return Reading(problem: "it belongs to another user") }
        let largest = AliasFormat.header + maximumEntries * AliasFormat.entry
        guard AliasFormat.header...largest ~= Int(status.st_size) else { return Reading(problem: "of another size") }
        guard let bytes = contents(of: file, count: Int(status.st_size)) else {
            return Reading(problem: "it cannot be read")
        }
        guard let entries = AliasFormat.decode(bytes) else { return Reading(problem: "damaged, or of another version") }
        return Reading(entries: entries.filter { $0.expiry > now })
    }

    /// Replaces the file of a folder, which is made (0700) if it is missing. What was there stays until the new one is
    /// on the disk.
    /// - Returns: why that failed; nil if it did not.
    static func write(_ entries: [Entry], folder: String) -> String? {
        var entries = entries
        if entries.count > maximumEntries {
            entries.sort { $0.expiry > $1.expiry }
            entries.removeSubrange(maximumEntries...)
        }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { return reason() }
        let path = "\(folder)/\(name)"
        let new = path + ".new"
        // What was left of a write that did not come to its end.
        unlink(new)
        let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return reason() }
        let isWritten = write(AliasFormat.encode(entries), to: file) && fsync(file) == 0
        let problem = isWritten ? nil : reason()
        close(file)
        guard isWritten, rename(new, path) == 0 else {
            let problem = problem ?? reason()
            unlink(new)
            return problem
        }
        sync(folder)
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
