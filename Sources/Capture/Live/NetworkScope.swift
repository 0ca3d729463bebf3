internal import Glibc

/// Whose requests are seen.
public enum NetworkScope {
    /// PROC_PID_INIT_INO: the inode of the kernel's initial pid namespace.
    static let initialPIDNamespace: UInt64 = 0xEFFF_FFFC

    /// Whether every process has a number in our own pid namespace, which is the kernel's first. Those that have none there
    /// are no concern of a ``ProcessJudge``, and never watched where there is one.
    public static var numbersEveryProcess: Bool { identity("/proc/self/ns/pid")?.inode == initialPIDNamespace }

    /// The network namespace (its inode) to watch when nothing else is asked for: our own in a container without the
    /// host's pid namespace, nil (all of them) on a host.
    public static func defaultNetworkNamespace() -> UInt32? {
        guard let processes = identity("/proc/self/ns/pid"), processes.inode != initialPIDNamespace,
            let network = identity("/proc/self/ns/net")
        else { return nil }
        return UInt32(truncatingIfNeeded: network.inode)
    }

    /// Device and inode of a namespace.
    static func identity(_ path: String) -> (device: UInt64, inode: UInt64)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}
