import Glibc

/// The files of one queue: where they are, that they are ours alone, and what is done with damaged ones.
final class StorageFiles {
    /// Damaged databases that are kept for whoever wants to look.
    private static let keptDamaged = 2

    /// The database.
    let path: String
    /// Beside it, its write-ahead log.
    var logPath: String { path + "-wal" }
    /// What is being made of a damaged database.
    var salvagePath: String { path + ".new" }

    private let directory: String
    private let lock: Int32

    /// Makes the folder (0700) and the file (0600) if they are missing, and makes sure that nobody else has them.
    /// - Throws: ``ExporterError`` naming the path and the system's reason.
    init(directory: String, exporter: String, signal: Signal) throws(ExporterError) {
        self.directory = directory
        path = "\(directory)/\(Self.fileName(exporter: exporter, signal: signal))"
        try Self.makeDirectory(directory)
        let lock = try Self.acquire(path)
        do {
            try Self.touch(path)
            Self.sync(directory)
        } catch {
            close(lock)
            throw error
        }
        self.lock = lock
    }

    // The lock file stays: another may be waiting to open it.
    deinit { close(lock) }

    /// The name of a database: of each exporter and signal another, in every file system.
    ///
    /// Letters, digits, `_` and `-` are kept, `/` becomes `.`, everything else `%` and two hex digits; of a long name
    /// the beginning is kept, and a hash (FNV-1a, 64 bits) of the whole.
    static func fileName(exporter: String, signal: Signal) -> String {
        var name = ""
        for byte in exporter.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "/"): name += "."
            default: name += "%" + Self.hex(UInt64(byte), digits: 2)
            }
        }
        if name.utf8.count > 120 {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in exporter.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            name = "\(name.prefix(100))~\(hex(hash, digits: 16))"
        }
        return "exporter_\(name)_\(signal).db"
    }

    private static func hex(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// Puts what was salvaged in the damaged database's place, and that aside.
    /// - Parameter time: seconds since 1970.
    /// - Returns: where it is now.
    func replaceDamaged(time: Int) throws(ExporterError) -> String {
        let prefix = "\(path).damaged-"
        let aside = prefix + FileTimestamp.text(milliseconds: Int64(time) * 1000, local: false)
        guard rename(path, aside) == 0 else { throw Self.error(path) }
        // Its log belongs to it; there need not be one.
        rename(logPath, aside + "-wal")
        guard rename(salvagePath, path) == 0 else { throw Self.error(salvagePath) }
        Self.sync(directory)
        let old = Folder.entries(directory).map { "\(directory)/\($0)" }
            .filter { $0.hasPrefix(prefix) && !$0.hasSuffix("-wal") }.sorted()
        for file in old.dropLast(Self.keptDamaged) {
            unlink(file)
            unlink(file + "-wal")
        }
        return aside
    }

    /// Forgets what was left of a salvage that did not come to its end.
    func removeSalvage() {
        for suffix in ["", "-wal", "-journal"] { unlink(salvagePath + suffix) }
        let file = open(salvagePath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if file >= 0 { close(file) }
    }

    /// An error that names the key and the path.
    static func error(_ path: String, _ reason: String) -> ExporterError {
        ExporterError("sending_queue.storage: \(path.printable()): \(reason)")
    }

    private static func error(_ path: String, code: Int32 = errno) -> ExporterError {
        error(path, String(cString: strerror(code)))
    }

    private static func acquire(_ path: String) throws(ExporterError) -> Int32 {
        // A file of its own: SQLite's locks on the database would go when any of our descriptors to it is closed.
        let lockPath = path + ".lock"
        let lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw error(lockPath) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(lock)
            guard code == EWOULDBLOCK else { throw error(lockPath, code: code) }
            throw error(path, "it is in use by another process or exporter")
        }
        return lock
    }

    private static func touch(_ path: String) throws(ExporterError) {
        // SQLite gives its other files the database's mode.
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw error(path) }
        fchmod(file, 0o600)
        close(file)
    }

    /// So that a file that was made is there after the end of the machine.
    private static func sync(_ directory: String) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func makeDirectory(_ path: String) throws(ExporterError) {
        guard !path.isEmpty else { throw error(path, "a folder was expected") }
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw error(path, code: ENOTDIR) }
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        var prefix = path.hasPrefix("/") ? "" : "."
        for part in parts {
            prefix += "/\(part)"
            guard mkdir(prefix, 0o700) == 0 || errno == EEXIST else { throw error(path) }
        }
    }
}
