internal import Glibc
internal import Synchronization

/// The `/etc/hosts` of processes, each read once for all that share it, and anew when it was written to. Bounded.
final class HostsFiles: Sendable {
    /// Most files that are remembered; beyond, all are forgotten and read anew.
    static let most = 256

    /// A file as it is: one that is written to becomes another.
    private struct Key: Hashable {
        var device: UInt
        var inode: UInt
        var seconds: Int
        var nanoseconds: Int
        var size: Int
    }

    private let files = Mutex<[Key: HostsFile]>([:])

    init() {}

    /// The file of a process's own root.
    ///
    /// - Parameter pid: the process's number in our pid namespace.
    func file(of pid: UInt32) -> HostsFile {
        // Links in a container's file system would lead through ours: none is followed.
        let folder = open("/proc/\(pid)/root/etc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return .empty }
        defer { close(folder) }
        let file = openat(folder, "hosts", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return .empty }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .empty }
        let key = Key(
            device: UInt(status.st_dev), inode: UInt(status.st_ino), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec), size: Int(status.st_size))
        if let known = files.withLock({ $0[key] }) { return known }
        let read = HostsFile(ProcFS.read(from: file, limit: HostsFile.mostBytes) ?? [])
        files.withLock { files in
            if files.count >= Self.most { files.removeAll(keepingCapacity: true) }
            files[key] = read
        }
        return read
    }
}
