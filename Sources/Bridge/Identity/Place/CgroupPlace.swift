/// What the paths of `/proc/PID/cgroup` tell (cgroups(7)): lines of `hierarchy:controllers:path`, one for each hierarchy of
/// version 1 and one `0::path` for version 2. Whoever may make cgroups names them: the bytes are hostile.
///
/// Containers are known by 64 hexadecimal digits in a part of the path, which Docker, containerd, CRI-O and podman all put
/// there, with or without their own name before it; of several the innermost, since containers may run in containers.
struct CgroupPlace: Sendable, Equatable {
    /// The innermost container's id.
    var containerID: String?
    /// The name of a container of systemd-nspawn or LXC, if no id lies deeper.
    var machine: String?
    /// The pod's uid.
    var podUID: String?
    /// The innermost service of systemd that names what runs in it.
    var unit: String?

    /// Reads the file.
    init(_ file: [UInt8]) {
        var outer: String?
        for line in file.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let path = CgroupPlace(path: String(decoding: fields[2], as: UTF8.self))
            // Hierarchies may differ: a service manager may have all of its places in one of them alone.
            if containerID == nil { containerID = path.containerID }
            if machine == nil { machine = path.machine }
            if podUID == nil { podUID = path.podUID }
            if path.isContainer {
                unit = unit ?? path.unit
            } else {
                outer = outer ?? path.unit
            }
        }
        // Where only some hierarchies know the container, the others have the unit of its runtime.
        if !isContainer { unit = outer }
    }

    private var isContainer: Bool { containerID != nil || machine != nil || podUID != nil }

    private init(path: String) {
        for part in path.split(separator: "/") {
            // `kubepods-burstable-podUID.slice:cri-containerd:ID`, where kubelet and containerd disagree on the driver.
            for piece in part.split(separator: ":") { read(String(piece)) }
        }
    }

    private mutating func read(_ part: String) {
        if let machine = Self.machine(part) {
            // What lies outside of a container says nothing of what runs in it.
            (self.machine, unit, containerID, podUID) = (machine, nil, nil, nil)
        } else if let id = Self.containerID(part) {
            (containerID, unit, machine) = (id, nil, nil)
        } else if let uid = Self.podUID(part) {
            (podUID, unit) = (uid, nil)
        } else if part.hasSuffix(".service") {
            unit = SystemdUnit.name(of: part) ?? unit
        }
    }

    /// `ID`, `docker-ID.scope`, `cri-containerd-ID.scope`, `crio-ID`, `libpod-payload-ID` and their like.
    static func containerID(_ part: String) -> String? {
        var rest = part[...]
        if rest.hasSuffix(".scope") { rest = rest.dropLast(6) }
        let id = rest.suffix(64)
        guard id.utf8.count == 64, id.utf8.allSatisfy(isDigit) else { return nil }
        let before = rest.dropLast(64)
        // A container's monitor runs beside it.
        guard before.isEmpty || (before.hasSuffix("-") && !before.contains("conmon")) else { return nil }
        return String(id)
    }

    /// `kubepods-besteffort-pod1a2b_3c.slice`, `pod1a2b-3c`: a UUID, or the 32 digits of a static pod.
    static func podUID(_ part: String) -> String? {
        var rest = part[...]
        if rest.hasSuffix(".slice") { rest = rest.dropLast(6) }
        guard let start = rest.lastRange(of: "pod") else { return nil }
        let before = rest[..<start.lowerBound]
        guard before.isEmpty || (before.hasPrefix("kubepods") && before.hasSuffix("-")) else { return nil }
        let uid = String(rest[start.upperBound...].map { $0 == "_" ? "-" : $0 })
        let digits = uid.utf8.filter { $0 != UInt8(ascii: "-") }
        let isUID = (uid.utf8.count == 36 || uid.utf8.count == 32) && digits.count == 32 && digits.allSatisfy(isDigit)
        return isUID ? uid : nil
    }

    /// `systemd-nspawn@web.service`, `machine-web.scope` (systemd-machined), `lxc.payload.web`.
    private static func machine(_ part: String) -> String? {
        for (prefix, suffix) in [("systemd-nspawn@", ".service"), ("machine-", ".scope"), ("lxc.payload.", "")]
        where part.hasPrefix(prefix) && part.hasSuffix(suffix)
            && part.utf8.count > prefix.utf8.count + suffix.utf8.count
        {
            let name = SystemdUnit.unescape(String(part.dropFirst(prefix.count).dropLast(suffix.count)))
            // A virtual machine of libvirt or QEMU: its processes are not in it.
            return name.hasPrefix("qemu-") ? nil : name
        }
        return nil
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}

extension Substring {
    /// Where a text stands in it the last time.
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        var start = endIndex
        while start > startIndex {
            start = index(before: start)
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
        }
        return nil
    }
}
