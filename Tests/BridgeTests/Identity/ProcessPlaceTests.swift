import Testing

@testable import Bridge

/// Samples of `/proc/PID/cgroup` and `mountinfo` as each runtime makes them.
@Suite struct ProcessPlaceTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private static let other = String(repeating: "fedcba9876543210", count: 4)
    private static let uid = "3f0ab39c-1d2e-4f5a-8b6c-7d8e9f0a1b2c"

    private func place(_ cgroup: String, _ mountinfo: String = "") -> ProcessPlace {
        ProcessPlace(cgroup: Array(cgroup.utf8), mountinfo: Array(mountinfo.utf8))
    }

    @Test(arguments: [
        // Docker with cgroupfs and systemd, version 1 and 2.
        "12:cpuset:/docker/\(id)\n1:name=systemd:/docker/\(id)\n0::/system.slice/containerd.service\n",
        "0::/system.slice/docker-\(id).scope\n", "0::/../docker-\(id).scope\n",
        // containerd, also nerdctl's and where kubelet and containerd disagree on the driver.
        "0::/system.slice/nerdctl-\(id).scope\n", "0::/default/\(id)\n",
        "0::/kubepods.slice/kubepods-pod\(uid.underscored).slice/cri-containerd-\(id).scope\n",
        "1:name=systemd:/kubepods-burstable-pod\(uid.underscored).slice:cri-containerd:\(id)\n",
        "4:memory:/kubepods/besteffort/pod\(uid)/\(id)\n",
        // CRI-O and podman, with root and without.
        "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod\(uid.underscored).slice/crio-\(id).scope\n",
        "0::/machine.slice/libpod-\(id).scope/container\n", "0::/libpod_parent/libpod-\(id)\n",
        "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(id).scope/container\n",
        // In another container: the innermost counts.
        "0::/docker/\(other)/kubelet/kubepods/burstable/pod\(uid)/\(id)\n",
    ])
    func containerIsFoundInEveryLayout(_ cgroup: String) {
        let place = place(cgroup)
        #expect(place.containerID == Self.id)
        #expect(place.podUID == (cgroup.contains("kubepods") ? Self.uid : nil))
        #expect(place.unit == nil)
    }

    @Test(arguments: [
        "0::/init.scope\n", "0::/\n", "", "\n\n", "garbage", "0::", "::", "0::/user.slice/\(id)0\n",
        "0::/user.slice/x\(id)\n", "0::/machine.slice/libpod-conmon-\(id).scope\n", "0::/docker/\(id.uppercased())\n",
        "0::/kubepods/podnothing/x\n", "4:memory:/process_api/0123456789abcdef0123456789abcdef\n",
    ])
    func whatOnlyLooksLikeOneIsNone(_ cgroup: String) {
        #expect(place(cgroup) == ProcessPlace())
    }

    @Test(
        arguments: [
            ("0::/system.slice/nginx.service\n", "nginx"),
            ("0::/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main"),
            ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service\n", "shop"),
            ("1:name=systemd:/system.slice/web\\x2dshop.service/worker\n0::/\n", "web-shop"),
            ("0::/user.slice/user-1000.slice/user@1000.service/init.scope\n", nil),
            ("0::/system.slice/ssh.service\n", nil),
            ("0::/system.slice/run-r1a2b.service\n", nil), ("0::/user.slice/user-0.slice/session-3.scope\n", nil),
        ] as [(String, String?)])
    func unitOfSystemdIsFound(_ cgroup: String, _ unit: String?) {
        #expect(place(cgroup).unit == unit)
    }

    @Test func machinesAreKnownByTheirNames() {
        #expect(place("0::/machine.slice/systemd-nspawn@web\\x2d1.service/payload\n").machine == "web-1")
        #expect(place("0::/machine.slice/machine-web.scope/payload/system.slice/nginx.service\n").machine == "web")
        #expect(place("0::/machine.slice/machine-web.scope/payload/system.slice/nginx.service\n").unit == "nginx")
        #expect(place("0::/lxc.payload.web/init.scope\n").machine == "web")
        #expect(place("0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt\n") == ProcessPlace())
    }

    @Test func mountsTellWhatAPrivateNamespaceHides() {
        let docker = """
            600 500 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A
            610 600 254:1 /var/lib/docker/containers/\(Self.id)/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda1 rw
            611 600 254:1 /var/lib/docker/containers/\(Self.id)/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw
            """
        #expect(place("0::/\n", docker).containerID == Self.id)
        let podman =
            "61 60 0:26 /containers/storage/overlay-containers/\(Self.id)/userdata/hosts /etc/hosts rw - tmpfs tmpfs rw"
        #expect(place("0::/\n", podman).containerID == Self.id)
        // The folder of the runtime mounted into a container that looks after others.
        let mounted = "61 60 254:1 /var/lib/docker/containers/\(Self.id)/hostname /logs/hostname rw - ext4 /dev/vda1 rw"
        #expect(place("0::/\n", mounted) == ProcessPlace())
    }

    @Test func kubeletsMountsTellPodAndContainer() {
        let mounts = """
            70 60 254:1 /var/lib/kubelet/pods/\(Self.uid)/etc-hosts /etc/hosts rw - ext4 /dev/vda1 rw
            71 60 254:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/\(Self.other)/hostname /etc/hostname rw - ext4 x rw
            72 60 254:1 /var/lib/containers/storage/overlay-containers/\(Self.other)/userdata/resolv.conf /etc/resolv.conf rw - ext4 x rw
            73 60 254:1 /var/lib/kubelet/pods/\(Self.uid)/containers/web/1a2b3c4d /dev/termination-log rw - ext4 x rw
            """
        let place = place("0::/\n", mounts)
        #expect(place.podUID == Self.uid)
        #expect(place.podContainer == "web")
        // Those files are the sandbox's, not the container's.
        #expect(place.containerID == nil)
        #expect(self.place("0::/kubepods/pod\(Self.uid)/\(Self.id)\n", mounts).containerID == Self.id)
    }

    @Test func hostsFileThatAProgramAnswersForIsLeftAlone() {
        let root = "60 50 0:50 / / rw - overlay overlay rw\n"
        #expect(!MountInfo(Array(root.utf8)).hasHostsFromProgram)
        #expect(MountInfo(Array((root + "61 60 0:60 / /etc rw shared:1 - fuse.sshfs x rw\n").utf8)).hasHostsFromProgram)
        let above = "60 50 0:50 / / rw - fuse.overlayfs x rw\n61 60 0:26 /hosts /etc/hosts rw - tmpfs tmpfs rw\n"
        #expect(!MountInfo(Array(above.utf8)).hasHostsFromProgram)
    }

    @Test func bytesOfStrangersCostNothing() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "/", ":", "\n", "pod", "kubepods-", Self.id, ".scope", ".slice", "\\x", "machine-", " - fuse ",
            "/etc/hosts ", "\u{FFFD}", "-",
        ]
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                bytes += pieces.randomElement(using: &random)!.utf8
                bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            _ = ProcessPlace(cgroup: bytes, mountinfo: bytes)
        }
        let deep = "0::/" + String(repeating: "kubepods-pod/", count: 5000)
        #expect(place(deep, deep) == ProcessPlace())
    }

    @Test func machineIDsAndReleasesAreRead() {
        #expect(HostAttributes.machineID(Array("0123456789abcdef0123456789abcdef\n".utf8))?.count == 32)
        #expect(HostAttributes.machineID(Array("uninitialized\n".utf8)) == nil)
        let release = OSRelease(
            Array("NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian 12\"\nVERSION_ID='12'\n=\nX".utf8))
        #expect(release?.description == "Debian 12")
        #expect(release?.name == "Debian GNU/Linux")
        #expect(release?.version == "12")
        #expect(OSRelease([]) == nil)
    }
}

extension String {
    /// As systemd's slices write a uid.
    fileprivate var underscored: String { String(map { $0 == "-" ? "_" : $0 }) }
}
