import Capture
import Foundation
import Testing

/// Both formats in each byte order and resolution, and what is wrong with files.
@Suite struct ReplayFormatTests {
    private let second: UInt64 = 1_700_000_000_000_000_000
    private let frame: [UInt8] = {
        var connection = TestConnection.local
        return connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true).ip
    }()

    private func time(_ bytes: [UInt8]) throws -> UInt64? { try Replayed(bytes).records.first?.time }

    @Test(arguments: [false, true], [false, true])
    func pcapTimesAreReadInEachByteOrderAndResolution(bigEndian: Bool, nano: Bool) throws {
        var file = TestPcap(link: 101, bigEndian: bigEndian, nano: nano)
        file.add(frame, at: second + 123_456_789)
        #expect(try time(file.bytes) == second + (nano ? 123_456_789 : 123_456_000))
    }

    @Test(arguments: [false, true])
    func pcapngPacketBlocksOfAllKindsAreRead(bigEndian: Bool) throws {
        var file = TestPcapng(bigEndian: bigEndian)
        file.interface(link: 101)
        file.block(0x0BAD) { $0.put(UInt64(1)) }
        file.enhanced(frame, units: second / 1000)
        file.block(5) { $0.bytes += [UInt8](repeating: 0, count: 100) }
        file.old(frame, units: second / 1000 + 1)
        file.simple(frame)
        let replayed = try Replayed(file.bytes)
        #expect(replayed.counters.segments == 3)
        #expect(replayed.records.map(\.time) == [0, 0, 1000, 1000, 1000, 1000].map { second + $0 })
        #expect(replayed.records.allSatisfy { $0.text == "GET / HTTP/1.1\r\n\r\n" })
        #expect(replayed.warnings == [])
    }

    // What would be 0 or less is 1.
    private static let resolutions: [(UInt8, UInt64, UInt64)] = [
        (9, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
        (3, 1_700_000_000_123, 1_700_000_000_123_000_000),
        (0, 1_700_000_000, 1_700_000_000_000_000_000),
        (12, 1_700_000_000_123_456, 1_700_000_000_123),
        (0x8A, 5632, 5_500_000_000), (0xA0, 30_064_771_072, 7_000_000_000), (0x80, 3, 3_000_000_000),
        (127, .max, 1), (0xFF, .max, 1), (0, .max, 9_223_372_036_854_775_807),
        (0x80, .max, 9_223_372_036_854_775_807), (28, .max, 1), (29, .max, 1),
    ]

    @Test(arguments: resolutions)
    func pcapngTimesFollowTheInterfacesResolution(resolution: UInt8, units: UInt64, expected: UInt64) throws {
        var file = TestPcapng()
        file.interface(link: 101, options: [(2, [0x65, 0x74, 0x68]), (9, [resolution])])
        file.enhanced(frame, units: units)
        #expect(try time(file.bytes) == expected)
    }

    private static let offsets: [(Int64, UInt64, UInt64)] = [
        (3600, 1_000_000, 3_601_000_000_000), (-1, 2_000_000, 1_000_000_000), (-10, 2_000_000, 1),
        (.max, 1, 9_223_372_036_854_775_807), (.min, 1, 1),
        (9_223_372_036, 1_000_000_000_000, 9_223_372_036_854_775_807),
    ]

    @Test(arguments: offsets)
    func pcapngTimesAreShiftedByTheInterfacesOffset(offset: Int64, units: UInt64, expected: UInt64) throws {
        for bigEndian in [false, true] {
            var file = TestPcapng(bigEndian: bigEndian)
            file.interface(link: 101, options: [(14, file.option(offset))])
            file.enhanced(frame, units: units)
            #expect(try time(file.bytes) == expected)
        }
    }

    @Test func sectionsHaveTheirOwnByteOrderAndInterfaces() throws {
        var file = TestPcapng()
        file.interface(link: 1)
        file.interface(link: 101)
        file.enhanced(frame, units: 1, interface: 1)
        file.section(bigEndian: true)
        file.interface(link: 101)
        file.enhanced(frame, units: 2, interface: 0)
        let replayed = try Replayed(file.bytes)
        #expect(replayed.records.map(\.time) == [1000, 1000, 2000, 2000])
    }

    @Test func interfaceAddressesAreObserved() throws {
        for (option, address) in [(UInt16(4), "10.2.0.2"), (5, "fd00::2")] {
            let server = try #require(Endpoint(addressText: address, port: 80))
            var connection = TestConnection(client: server, server: server)
            connection.client = try #require(Endpoint(addressText: option == 4 ? "10.9.9.9" : "fd00::9", port: 5000))
            var file = TestPcapng()
            let value =
                option == 4
                ? big(UInt32(server.high >> 32)) + [255, 0, 0, 0] : big(server.high) + big(server.low) + [64]
            file.interface(link: 101, options: [(option, value)])
            // The client of this connection is the one that the file names: it calls from here.
            swap(&connection.client, &connection.server)
            for segment in connection.exchange() { file.enhanced(segment.ip, units: 1) }
            let replayed = try Replayed(file.bytes)
            #expect(Set(replayed.records.map(\.local)) == [server])
            #expect(replayed.records.map(\.kind) == [.open, .send, .receive, .close])
        }
    }

    @Test func simplePacketsEndAtTheInterfacesSnapLength() throws {
        var file = TestPcapng()
        file.interface(link: 101, snap: 60)
        file.simple(frame, captured: 60)
        let records = try Replayed(file.bytes).records
        #expect(records.map(\.length) == [18, 18])
        #expect(records.map(\.text) == ["GET / HT", "GET / HT"])
    }

    @Test func snapLengthCutsContentButNotLength() throws {
        var file = TestPcap(link: 101)
        file.add(frame, at: second, captured: 56)
        file.add(frame, at: second, captured: 52)
        file.add(frame, at: second, captured: 30)
        let replayed = try Replayed(file.bytes)
        #expect(replayed.records.map(\.text) == ["GET ", "GET ", "", ""])
        #expect(replayed.records.allSatisfy { $0.length == 18 })
        #expect(replayed.counters[.headerCut] == 1)
    }

    @Test func packetLongerThanTheBufferKeepsItsBeginning() throws {
        var pcap = TestPcap(link: 101)
        var pcapng = TestPcapng()
        pcapng.interface(link: 101)
        let long = frame + [UInt8](repeating: 0, count: 3 << 20)
        for time in [second, second + 1000] {
            pcap.add(long, at: time)
            pcapng.enhanced(long, units: time / 1000)
        }
        for bytes in [pcap.bytes, pcapng.bytes] {
            let replayed = try Replayed(bytes)
            #expect(replayed.records.map(\.time) == [second, second, second + 1000, second + 1000])
            #expect(replayed.warnings == [])
        }
    }

    // MARK: What is wrong

    private func failure(_ bytes: [UInt8]) -> String? {
        do {
            _ = try Replayed(bytes)
            return nil
        } catch {
            let text = "\(error)"
            return String(text[(text.range(of: "test.pcap")?.lowerBound ?? text.startIndex)...])
        }
    }

    @Test func filesThatAreNoCapturesAreRefusedWithOneLine() {
        #expect(failure([]) == "test.pcap: empty; expected a packet capture (pcap or pcapng)")
        #expect(failure([1]) == "test.pcap: not a packet capture (neither pcap nor pcapng)")
        #expect(failure([UInt8]("{\"spans\":[]}".utf8)) == "test.pcap: not a packet capture (neither pcap nor pcapng)")
        #expect(failure([0x1F, 0x8B, 8, 0, 0, 0]) == "test.pcap: compressed; unpack it first (gzip -d, zstd -d)")
        #expect(failure([0xA1, 0xB2, 0xC3, 0xD4, 0, 2]) == "test.pcap: cut in its first header; nothing can be read")
        #expect(
            failure([0xA1, 0xB2, 0xC3, 0xD4, 0, 9] + [UInt8](repeating: 0, count: 40))?.contains("version 9") == true)
    }

    @Test func missingFileAndFolderAreRefused() {
        let missing = #expect(throws: CaptureError.self) { try Replayed(paths: ["/nowhere/x.pcap"]) }
        #expect(missing?.description == "/nowhere/x.pcap: cannot be read: No such file or directory")
        let folder = #expect(throws: CaptureError.self) { try Replayed(paths: ["/tmp"]) }
        #expect(folder?.description == "/tmp: is a directory; name the capture files in it")
    }

    @Test func unknownLinkTypeIsNamed() {
        let expected = "test.pcap: link type 105 is not supported (Ethernet, Linux cooked, raw IP and loopback are)"
        #expect(failure(TestPcap(link: 105).bytes) == expected)
        var file = TestPcapng()
        file.interface(link: 105)
        file.enhanced(frame, units: 1)
        #expect(failure(file.bytes) == expected)
    }

    @Test func packetsOfAnUnknownLinkTypeBesideOthersAreLeftOut() throws {
        var file = TestPcapng()
        file.interface(link: 105)
        file.interface(link: 101)
        file.enhanced(frame, units: 1)
        file.enhanced(frame, units: 2, interface: 1)
        let replayed = try Replayed(file.bytes)
        #expect(replayed.counters.packets == 1)
        #expect(replayed.warnings.count == 1)
        #expect(replayed.warnings.first?.contains("packets left out: link type 105") == true)
    }

    @Test func fileCutInMidRecordIsUsedUpToThere() throws {
        var pcap = TestPcap(link: 101)
        pcap.add(frame, at: second)
        var pcapng = TestPcapng()
        pcapng.interface(link: 101)
        pcapng.enhanced(frame, units: 1)
        for whole in [pcap.bytes, pcapng.bytes] {
            for cut in [1, 8, 15, 20, 40] {
                let replayed = try Replayed(whole + whole.suffix(frame.count + 16).prefix(cut))
                #expect(replayed.counters.segments == 1)
                #expect(replayed.warnings.count == 1)
                let whatFollows = replayed.warnings.first?.hasSuffix("what came before it is used")
                #expect(whatFollows == true)
            }
        }
        let cut = try Replayed(pcap.bytes + [1, 2, 3]).warnings
        #expect(cut.first?.contains("cut in the middle of a record at byte \(pcap.bytes.count);") == true)
    }

    @Test func absurdLengthsEndTheFileWithAWarning() throws {
        var pcap = TestPcap(link: 101)
        pcap.add(frame, at: second)
        let packet: [UInt8] = [UInt8](repeating: 0, count: 8) + [0xFF, 0xFF, 0xFF, 0xFF] + [0, 0, 0, 0, 1, 2, 3]
        var pcapng = TestPcapng()
        pcapng.interface(link: 101)
        pcapng.enhanced(frame, units: 1)
        var notDescribed = pcapng
        notDescribed.enhanced(frame, units: 1, interface: 7)
        let block = { (length: UInt32) in
            withUnsafeBytes(of: length.littleEndian) { [6, 0, 0, 0] + $0 + [UInt8](repeating: 0, count: 64) }
        }
        for bytes in [
            pcap.bytes + packet, pcapng.bytes + block(8), pcapng.bytes + block(.max), pcapng.bytes + block(30),
            pcapng.bytes + block(32), notDescribed.bytes,
        ] {
            let replayed = try Replayed(bytes)
            #expect(replayed.counters.segments == 1)
            #expect(replayed.warnings.count == 1)
            #expect(replayed.warnings.first?.contains(": damaged at byte ") == true)
        }
    }

    @Test func fileWithoutPacketsIsNoError() throws {
        #expect(try Replayed(TestPcap(link: 1).bytes).records.isEmpty)
        #expect(try Replayed(TestPcapng().bytes).records.isEmpty)
    }

    @Test func zeroLengthPacketsAreCounted() throws {
        for link: UInt32 in [0, 1, 101, 113, 276] {
            var file = TestPcap(link: link)
            file.add([], at: second)
            file.add([], at: second, length: 100)
            let replayed = try Replayed(file.bytes)
            #expect(replayed.counters.packets == 2)
            #expect(replayed.counters.segments == 0)
            #expect(SkippedPacket.allCases.map { replayed.counters[$0] }.reduce(0, +) == 2)
        }
    }
}
