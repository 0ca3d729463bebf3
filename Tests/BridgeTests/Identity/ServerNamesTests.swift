import Testing

@testable import Bridge
@testable import Capture

/// By which names processes know addresses.
@Suite struct ServerNamesTests {
    private static let second: UInt64 = 1_000_000_000

    private func exchange(
        _ address: UInt32, pid: UInt32 = 7, at time: UInt64 = second, role: Role = .client, network: UInt32 = 1
    ) -> Exchange {
        let process = ProcessIdentity(
            key: ProcessKey(pid: pid, start: 1), namespacePID: pid, networkNamespace: network, cgroup: 1,
            command: (0, 0))
        let near = Endpoint(ipv4: 0x0A00_0001, port: 40_000)
        let far = Endpoint(ipv4: address, port: 5432)
        var exchange = Exchange(
            end: ExchangeEnd(id: ExchangeID(high: 1, low: 1), role: role), protocol: .redis, socket: 1,
            process: process,
            local: role == .client ? near : far, peer: role == .client ? far : near,
            requestStart: ExecutionPoint(time: time, process: process.key, thread: 7))
        exchange.ended = time
        return exchange
    }

    private func ask(
        _ names: inout ServerNames, _ name: String, _ addresses: [UInt32], pid: UInt32 = 7, at time: UInt64 = second,
        lives seconds: UInt32 = 60, network: UInt32 = 1
    ) {
        var fields = FieldBuffer()
        var question = exchange(0x0808_0808, pid: pid, at: time, network: network)
        question.protocol = .dns
        var value: [UInt8] = []
        for address in addresses {
            value += [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
            for word in [address, seconds] {
                value += (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
            }
        }
        Array(name.utf8).withUnsafeBytes { fields.append(.questionName, .requestHeader, value: $0) }
        value.withUnsafeBytes { fields.append(.answers, .responseHeader, value: $0) }
        question.fields = FieldRange(start: 0, count: 2)
        names.learn(question, fields: fields)
    }

    @Test func lastNameThatAProcessAskedForCounts() {
        var names = ServerNames()
        ask(&names, "db.shop.test", [0x0A00_0002, 0x0A00_0003])
        #expect(names.name(for: exchange(0x0A00_0003), hosts: .empty) == "db.shop.test")
        ask(&names, "replica.shop.test", [0x0A00_0003])
        #expect(names.name(for: exchange(0x0A00_0002), hosts: .empty) == "db.shop.test")
        #expect(names.name(for: exchange(0x0A00_0003), hosts: .empty) == "replica.shop.test")
        #expect(names.name(for: exchange(0x0A00_0004), hosts: .empty) == nil)
    }

    @Test func processKeepsItsNameWhateverOthersAsk() {
        var names = ServerNames()
        ask(&names, "mine.test", [0x0A00_0002], pid: 7)
        ask(&names, "theirs.test", [0x0A00_0002], pid: 8)
        #expect(names.name(for: exchange(0x0A00_0002, pid: 7), hosts: .empty) == "mine.test")
        #expect(names.name(for: exchange(0x0A00_0002, pid: 8), hosts: .empty) == "theirs.test")
        // One that asked nobody: as in its network, and not as in another's.
        #expect(names.name(for: exchange(0x0A00_0002, pid: 9), hosts: .empty) == "theirs.test")
        #expect(names.name(for: exchange(0x0A00_0002, pid: 9, network: 2), hosts: .empty) == nil)
    }

    @Test func serverDoesNotNameItself() {
        var names = ServerNames()
        ask(&names, "db.test", [0x0A00_0002, 0x0A00_0001])
        #expect(names.name(for: exchange(0x0A00_0002, role: .server), hosts: .empty) == nil)
    }

    @Test func nameHoldsWhileItIsUsedAndFadesWhenItIsNot() {
        var names = ServerNames()
        ask(&names, "db.test", [0x0A00_0002], lives: 5)
        var time = Self.second
        for _ in 0..<20 {
            time += 500 * Self.second
            #expect(names.name(for: exchange(0x0A00_0002, at: time), hosts: .empty) == "db.test")
        }
        time += 601 * Self.second
        #expect(names.name(for: exchange(0x0A00_0002, at: time), hosts: .empty) == nil)
    }

    @Test func answerGoesBeforeHostsAndHostsBeforeNeighbours() {
        var names = ServerNames()
        let hosts = HostsFile(Array("10.0.0.2 hosts-name alias\n".utf8))
        ask(&names, "neighbour.test", [0x0A00_0002], pid: 8)
        #expect(names.name(for: exchange(0x0A00_0002), hosts: hosts) == "hosts-name")
        ask(&names, "asked.test", [0x0A00_0002])
        #expect(names.name(for: exchange(0x0A00_0002), hosts: hosts) == "asked.test")
    }

    @Test func hostsFileIsReadAsResolversReadIt() {
        let text = """
            127.0.0.1 localhost
            ::1 localhost ip6-localhost
            127.0.1.1\tthishost.example.org\tthishost
              10.0.0.5   db.internal # and more
            #10.0.0.6 no
            10.0.0.7
            10.0.0.5 later
            fd00::1 six
            ::ffff:10.0.0.9 mapped
            10.0.0.300 wrong
            10.0.0.10 b\u{1}ad
            """
        let hosts = HostsFile(Array(text.utf8))
        func name(_ address: String) -> String? {
            Endpoint(addressText: address).flatMap { hosts.name(of: Address($0)) }
        }
        #expect(name("127.0.0.1") == nil)
        #expect(name("127.0.1.1") == "thishost.example.org")
        #expect(name("10.0.0.5") == "db.internal")
        #expect(name("fd00::1") == "six")
        #expect(name("10.0.0.9") == "mapped")
        for none in ["10.0.0.6", "10.0.0.7", "::1", "10.0.0.10"] { #expect(name(none) == nil) }
    }

    @Test func tablesAreBounded() {
        var names = ServerNames()
        for address in 0..<UInt32(5 * ServerNames.generation) { ask(&names, "host.test", [0x0A00_0000 + address]) }
        #expect(names.count <= 2 * ServerNames.generation)
        #expect(names.count > 0)
        let lines = (0..<10_000).map { "10.0.\($0 / 250).\($0 % 250 + 1) host\($0)\n" }.joined()
        let hosts = HostsFile(Array(lines.utf8))
        #expect(hosts.name(of: Address(Endpoint(ipv4: 0x0A00_0001, port: 0))) == "host0")
        #expect(hosts.name(of: Address(Endpoint(addressText: "10.0.39.250")!)) == nil)
    }

    @Test(arguments: ["localhost", "LOCALHOST", "localhost.localdomain", "a.localhost", "ip6-loopback", "x\\.y"])
    func namesThatSayNothingAreNotTaken(_ name: String) {
        var names = ServerNames()
        ask(&names, name, [0x7F00_0001])
        #expect(names.name(for: exchange(0x7F00_0001), hosts: .empty) == nil)
    }
}
