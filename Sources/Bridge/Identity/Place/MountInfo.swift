/// What `/proc/PID/mountinfo` (proc(5)) tells of a container whose cgroup namespace hides its path: runtimes mount some files
/// of the container's own folder into it, and kubelet some of the pod's. Only what is mounted where they do so counts: others
/// may mount a runtime's folder elsewhere.
struct MountInfo: Sendable, Equatable {
    /// Most bytes of the file that are read.
    static let mostBytes = 512 << 10

    /// The container's id: Docker's or podman's `.../containers/ID/hostname`.
    var containerID: String?
    /// The pod's uid: kubelet's `.../pods/UID/etc-hosts`.
    var podUID: String?
    /// The container's name in its pod: kubelet's `.../containers/NAME/...`, mounted as the termination log.
    var podContainer: String?
    /// Whether `/etc/hosts` lies on a file system that a program answers for, which may never do so.
    var hasHostsFromProgram = false

    /// Where containers get files of their own.
    private static let places = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]

    /// Reads the file.
    init(_ file: [UInt8]) {
        var covering = 0
        for line in file.split(separator: UInt8(ascii: "\n")) {
            // Most lines are about something else: strings are made of few.
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 40)
            guard fields.count > 6 else { continue }
            let point = String(decoding: fields[4], as: UTF8.self)
            if covering <= point.utf8.count, Self.isAbove(point, "/etc/hosts") {
                covering = point.utf8.count
                hasHostsFromProgram = Self.isFromProgram(fields)
            }
            if Self.places.contains(point) {
                read(file: String(decoding: fields[3], as: UTF8.self))
            } else if point == "/dev/termination-log" {
                read(log: String(decoding: fields[3], as: UTF8.self))
            }
        }
        // In a pod those files are its sandbox's.
        if podUID != nil { containerID = nil }
    }

    private mutating func read(file: String) {
        let parts = file.split(separator: "/").map(String.init)
        for (index, part) in parts.enumerated().dropFirst() {
            let before = parts[index - 1]
            if before == "pods", parts.last == "etc-hosts", let uid = CgroupPlace.podUID("pod" + part) { podUID = uid }
            let isContainers = before == "containers" || before == "overlay-containers"
            if isContainers, containerID == nil, let id = CgroupPlace.containerID(part), id == part { containerID = id }
        }
    }

    private mutating func read(log: String) {
        let parts = log.split(separator: "/").map(String.init)
        guard let place = parts.lastIndex(of: "containers"), place >= 2, place + 1 < parts.count,
            parts[place - 2] == "pods", let uid = CgroupPlace.podUID("pod" + parts[place - 1])
        else { return }
        podUID = uid
        podContainer = parts[place + 1]
    }

    /// Whether a mount point is a path or a folder above it.
    private static func isAbove(_ point: String, _ path: String) -> Bool {
        point == "/" || path == point || path.hasPrefix(point + "/")
    }

    /// Whether the type, behind the separator, is one of FUSE's.
    private static func isFromProgram(_ fields: [ArraySlice<UInt8>]) -> Bool {
        guard let separator = fields[6...].firstIndex(where: { $0.elementsEqual([UInt8(ascii: "-")]) }),
            separator + 1 < fields.count
        else { return false }
        return fields[separator + 1].starts(with: "fuse".utf8)
    }
}
