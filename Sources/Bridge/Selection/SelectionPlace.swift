/// What `/proc/PID/cgroup` says of where a process is put: its systemd units, container and pod.
struct SelectionPlace: Equatable {
    /// Names of units, from the outermost to the innermost; slices are none.
    var units: [String] = []
    /// A container's id, 64 hexadecimal digits.
    var containerID: String?
    /// A pod's unique id, with dashes.
    var podUID: String?

    /// Reads the file (cgroups(7)): lines of `number:controllers:path`. The hierarchy that systemd keeps says the units; a
    /// container may stand in any.
    init(_ file: [UInt8]) {
        let place = CgroupPlace(file)
        (containerID, podUID) = (place.containerID, place.podUID)
        var named: Substring?
        for line in String(decoding: file, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[1] == "name=systemd" || parts[0] == "0" && named == nil { named = parts[2] }
        }
        let components = named?.split(separator: "/") ?? []
        units = components.filter { $0.hasSuffix(".service") || $0.hasSuffix(".scope") }.map(String.init)
    }
}
