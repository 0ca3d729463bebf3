import Foundation
import Testing

@testable import Bridge
@testable import Capture

@Suite struct ProcessFactsTests {
    static let id = String(repeating: "0123456789abcdef", count: 4)
    static let uid = "01234567-89ab-cdef-0123-456789abcdef"

    @Test(
        arguments: [
            ("0::/system.slice/nginx.service\n", ["nginx.service"], nil, nil),
            ("0::/system.slice/nginx.service/worker\n", ["nginx.service"], nil, nil),
            (
                "0::/user.slice/user-0.slice/user@0.service/app.slice/x.scope\n", ["user@0.service", "x.scope"], nil,
                nil
            ),
            ("12:pids:/a.service\n1:name=systemd:/b.service\n0::/c.service\n", ["b.service"], nil, nil),
            ("0::/\n", [], nil, nil), ("", [], nil, nil), ("nonsense", [], nil, nil),
            ("0::/system.slice/docker-\(id).scope\n", ["docker-\(id).scope"], id, nil),
            ("4:memory:/docker/\(id)\n", [], id, nil),
            (
                "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod01234567_89ab_cdef_0123_456789abcdef.slice"
                    + "/cri-containerd-\(id).scope\n", ["cri-containerd-\(id).scope"], id, uid
            ), ("3:cpu:/kubepods/burstable/pod\(uid)/\(id)\n", [], id, uid),
            ("0::/kubepods/pod0123456789abcdef0123456789abcdef/\(id)\n", [], id, "0123456789abcdef0123456789abcdef"),
            ("0::/podman/podcast\n", [], nil, nil),
        ] as [(String, [String], String?, String?)])
    func aCgroupTellsUnitContainerAndPod(_ file: String, _ units: [String], _ container: String?, _ pod: String?) {
        let place = SelectionPlace(Array(file.utf8))
        #expect(place.units == units && place.containerID == container && place.podUID == pod)
    }

    @Test func aLineOfASocketTableIsRead() {
        let listening =
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 ffff"
        let socket = SocketTable.TCPSocket(Array(listening.utf8)[...])
        #expect(socket?.port == 8080 && socket?.isListening == true && socket?.inode == 4711)
        let connected = "   1: 00000000000000000000000001000000:0050 0:1 01 0:0 00:0 0 0 0 12 1"
        #expect(SocketTable.TCPSocket(Array(connected.utf8)[...])?.isListening == false)
        for line in ["", "  sl  local_address rem_address   st tx_queue rx_queue", "0: x:y 0:0 0A 0 0 0 0 0 1"] {
            #expect(SocketTable.TCPSocket(Array(line.utf8)[...]) == nil)
        }
    }

    @Test func usersAreKnownByNumberAndName() {
        let names = UserNames(Array("a:x:5:5::/:/bin/sh\nbroken\nb:x:nine:1:\na:x:6:6::/:\n".utf8))
        #expect(names.number(of: "a") == 5 && names.number(of: "b") == nil && names.number(of: "77") == 77)
    }

    @Test func ourOwnFactsAreFound() throws {
        let listener = try Listener()
        let all: FactKinds = [.executable, .command, .cgroup, .container, .ports]
        let own = UInt32(getpid())
        let user = try #require(MetProcess(number: own)).user
        #expect(user == geteuid())
        var reader = ProcessReader(all, ports: [], containers: NoContainers())
        let facts = reader.facts(of: own, user: user, now: 0)
        #expect(facts.ports.contains(listener.port))
        #expect(facts.executable == Bundle.main.executablePath || facts.executable?.isEmpty == false)
        #expect(facts.command?.contains("xctest") == true)
        let inode = try #require(NetworkScope.identity("/proc/self/ns/net")?.inode)
        #expect(UInt64(facts.networkNamespace) == inode)
        var narrow = ProcessReader(all, ports: [try #require(PortRange("1"))], containers: NoContainers())
        let found = [nil, 1, 2].map { narrow.facts(of: own, user: user, port: $0, now: 0).ports }
        #expect(found == [[], [1], []])
    }

    @Test func aProcessThatIsGoneHasNoFacts() {
        var reader = ProcessReader([.executable, .ports], ports: [], containers: NoContainers())
        #expect(MetProcess(number: 4_194_304) == nil)
        let facts = reader.facts(of: 4_194_304, user: 0, now: 0)
        #expect(facts == SelectionFacts(number: 4_194_304, user: 0))
    }

    @Test func portsAreOneOrARange() {
        #expect(PortRange("80")?.ports == 80...80 && PortRange("1-65535")?.ports == 1...65535)
        #expect(PortRange(" 80 - 90 ")?.text == "80-90")
        for text in ["", "0", "65536", "90-80", "-", "80-", "-80", "80-90-100", "+80", "a", "0-5"] {
            #expect(PortRange(text) == nil, "\(text)")
        }
    }
}

/// A socket that listens on a port of the kernel's choice.
private final class Listener {
    let port: UInt16
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        port = try withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = try #require(bytes.baseAddress).assumingMemoryBound(to: sockaddr.self)
            try #require(bind(socket, pointer, size) == 0 && listen(socket, 1) == 0)
            try #require(getsockname(socket, pointer, &size) == 0)
            return UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
        }
    }

    deinit { close(socket) }
}
