/// Where a process runs, as /proc tells without asking anybody: in which container, pod, unit.
struct ProcessPlace: Sendable, Equatable {
    /// The container's id: 64 hexadecimal digits.
    var containerID: String?
    /// The name of a container that has no id: systemd-nspawn's, LXC's.
    var machine: String?
    /// The pod's uid, or the hash that a static pod has for it.
    var podUID: String?
    /// The container's name within its pod, where the mounts tell it.
    var podContainer: String?
    /// The innermost systemd service, without `.service`: `nginx`, `postgresql@15-main`.
    var unit: String?

    /// Nowhere in particular.
    init() {}

    /// The place of a process, by its number in our pid namespace; of one that is gone, nowhere.
    init(pid: UInt32) {
        self.init(
            cgroup: ProcFS.read("/proc/\(pid)/cgroup") ?? [],
            mountinfo: ProcFS.read("/proc/\(pid)/mountinfo", limit: MountInfo.mostBytes) ?? [])
    }

    /// The place that two files of /proc tell of.
    ///
    /// - Parameters:
    ///   - cgroup: `/proc/PID/cgroup` (cgroups(7)).
    ///   - mountinfo: `/proc/PID/mountinfo` (proc(5)), for where a private cgroup namespace hides the rest.
    init(cgroup: [UInt8], mountinfo: [UInt8]) {
        self.init(CgroupPlace(cgroup), MountInfo(mountinfo))
    }

    /// The place by what was read of both.
    init(_ cgroup: CgroupPlace, _ mounts: MountInfo) {
        containerID = cgroup.containerID ?? mounts.containerID
        machine = containerID == nil ? cgroup.machine : nil
        podUID = cgroup.podUID ?? mounts.podUID
        podContainer = mounts.podContainer
        unit = cgroup.unit
    }

    /// Whether it is a container of which others may know more.
    var isContainer: Bool { containerID != nil || podUID != nil }
}
