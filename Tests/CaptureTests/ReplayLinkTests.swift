import Capture
import Testing

/// Link layers, IPv4, IPv6, and which ends are observed.
@Suite struct ReplayLinkTests {
    private let text = "GET / HTTP/1.1\r\n\r\n"

    /// A request on loopback of either family.
    private func request(_ connection: TestConnection = .local) -> TestSegment {
        var connection = connection
        return connection.send(text, fromClient: true)
    }

    private func expectBothEnds(_ frame: [UInt8], _ link: LinkLayer, _ comment: Comment) {
        let records = Replayed(frames: [frame], link: link).records
        #expect(records.map(\.kind) == [.send, .receive], comment)
        #expect(records.map(\.text) == [text, text], comment)
        #expect(records.map(\.local.port) == [40_000, 80], comment)
    }

    @Test func everyLinkLayerCarriesBothFamilies() {
        for segment in [request(), request(.local6)] {
            expectBothEnds(segment.ip, .raw, "raw")
            expectBothEnds(segment.loopback(), .loopback, "loopback")
            expectBothEnds(segment.loopback(swapped: true), .loopback, "loopback, other order")
            expectBothEnds(segment.ethernet(), .ethernet, "ethernet")
            expectBothEnds(segment.ethernet(tags: [0x8100]), .ethernet, "802.1Q")
            expectBothEnds(segment.ethernet(tags: [0x88A8, 0x8100]), .ethernet, "QinQ")
            expectBothEnds(segment.cooked(0), .cooked, "cooked")
            expectBothEnds(segment.cooked2(0), .cooked2, "cooked v2")
        }
    }

    @Test(arguments: [0, 1, 12, 14, 101, 108, 113, 228, 229, 276] as [UInt32])
    func everyLinkNumberIsRead(number: UInt32) throws {
        let segment = request()
        var file = TestPcap(link: number)
        switch number {
        case 0, 108: file.add(segment.loopback(), at: 1)
        case 1: file.add(segment.ethernet(), at: 1)
        case 113: file.add(segment.cooked(0), at: 1)
        case 276: file.add(segment.cooked2(0), at: 1)
        default: file.add(segment.ip, at: 1)
        }
        #expect(try Replayed(file.bytes).records.count == 2)
    }

    @Test func checkSequencesAndPaddingAreNotPayload() throws {
        let segment = request()
        expectBothEnds(segment.ethernet() + [0xDE, 0xAD, 0xBE, 0xEF], .ethernet, "frame check sequence")
        var empty = segment
        empty.payload = []
        #expect(Replayed(frames: [empty.ethernet() + [0, 0, 0, 0, 0, 0]], link: .ethernet).records.isEmpty)
        var file = TestPcap(link: 0x2400_0001)
        file.add(segment.ethernet() + [1, 2, 3, 4], at: 1)
        #expect(try Replayed(file.bytes).records.map(\.length) == [18, 18])
    }

    @Test func ipv4OptionsArePassedOver() { expectBothEnds(request().ipv4(options: 8), .raw, "options") }

    @Test func ipv6ExtensionHeadersArePassedOver() {
        // Hop-by-hop (0), destination options (60) of 16 bytes, an atomic fragment (44), authentication (51), then TCP.
        let options: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0] + [44, 1] + [UInt8](repeating: 1, count: 14)
        let fragment: [UInt8] = [51, 0, 0, 0, 0, 0, 0, 9]
        let authentication: [UInt8] = [6, 4] + [UInt8](repeating: 7, count: 22)
        expectBothEnds(
            request(.local6).ipv6(first: 0, extensions: options + fragment + authentication), .raw, "extension headers")
    }

    @Test func fragmentsAreCountedAndPassedOver() {
        let part: [UInt8] = [6, 0, 0, 1, 0, 0, 0, 9]
        let replayed = Replayed(
            frames: [
                request().ipv4(fragment: 0x2000), request().ipv4(fragment: 0x00B9),
                request(.local6).ipv6(first: 44, extensions: part),
            ], link: .raw)
        #expect(replayed.counters[.fragment] == 3)
        #expect(replayed.records.isEmpty)
    }

    @Test func offloadedPacketIsAsLongAsWasCaptured() {
        expectBothEnds(request().ipv4(total: 0), .raw, "IPv4")
        expectBothEnds(request(.local6).ipv6(length: 0), .raw, "IPv6")
    }

    @Test func otherPacketsAreCountedByReason() {
        var udp = request().ipv4()
        udp[9] = 17
        var udp6 = request(.local6).ipv6()
        udp6[6] = 17
        var arp = request().ethernet()
        arp[13] = 6
        var short = request().ipv4()
        short[0] = 0x44
        var longHeader = request().ipv4(total: 45)
        longHeader[32] = 0xF0
        let replayed = Replayed(frames: [udp, udp6, short, longHeader, [0x00], request().ipv4(total: 19)], link: .raw)
        #expect(replayed.counters[.notTCP] == 2)
        #expect(replayed.counters[.malformed] == 3)
        #expect(replayed.counters[.notIP] == 1)
        #expect(Replayed(frames: [arp], link: .ethernet).counters[.notIP] == 1)
        let tags = [UInt16](repeating: 0x8100, count: 20)
        #expect(Replayed(frames: [request().ethernet(tags: tags)], link: .ethernet).counters[.malformed] == 1)
    }

    @Test func segmentFromAnAddressToItselfIsMalformed() {
        var segment = request()
        segment.destination = segment.source
        #expect(Replayed([segment]).counters[.malformed] == 1)
    }

    // MARK: Which ends are observed

    private func ends(_ frames: [[UInt8]], _ link: LinkLayer, _ options: CaptureOptions = CaptureOptions()) -> Set<
        UInt16
    > {
        Set(Replayed(frames: frames, link: link, options: options).records.map(\.local.port))
    }

    @Test func neitherEndObservedIsTheServersAlone() {
        var connection = TestConnection.remote
        let records = Replayed(connection.exchange()).records
        #expect(records.map(\.kind) == [.receive, .send, .close])
        #expect(
            records.allSatisfy { $0.local == TestConnection.remote.server && $0.peer == TestConnection.remote.client })
    }

    @Test func localNetworksAreObserved() {
        var connection = TestConnection.remote
        let frames = connection.exchange().map(\.ip)
        #expect(ends(frames, .raw, options(local: "10.1.0.0/16")) == [40_000])
        #expect(ends(frames, .raw, options(local: "10.2.0.2")) == [80])
        #expect(ends(frames, .raw, options(local: "10.0.0.0/8")) == [40_000, 80])
        #expect(ends(frames, .raw, options(local: "192.168.0.0/16")) == [80])
    }

    @Test func cookedHeaderTellsTheHostsSide() {
        var connection = TestConnection.remote
        let segments = connection.exchange()
        let client = TestConnection.remote.client
        for (fromClient, fromServer, expected) in [
            (UInt8(4), UInt8(0), Set<UInt16>([40_000])), (0, 4, [80]), (0, 0, [40_000, 80]), (4, 4, [40_000, 80]),
            (3, 3, [80]),
        ] {
            let types = segments.map { $0.source == client ? fromClient : fromServer }
            #expect(ends(zip(segments, types).map { $0.cooked2($1) }, .cooked2) == expected)
            #expect(ends(zip(segments, types).map { $0.cooked(UInt16($1)) }, .cooked) == expected)
        }
    }

    @Test func bothEndsOnOneHostAreFollowedFromTheFirstByte() {
        // Both addresses are this host's, but not loopback: each packet says so of its destination only.
        var connection = TestConnection.remote
        let replayed = Replayed(frames: connection.exchange().map { $0.cooked2(0) }, link: .cooked2)
        #expect(replayed.at(port: 40_000).map(\.kind) == [.send, .receive, .close])
        #expect(replayed.at(port: 80).map(\.kind) == [.receive, .send, .close])
    }

    @Test func whatOnePacketTeachesHoldsForLaterConnections() {
        var first = TestConnection.remote
        var second = TestConnection.remote
        second.client.port = 41_000
        let frames = first.exchange().map { $0.cooked2(0) } + second.exchange(handshake: false).map { $0.cooked2(3) }
        let records = Replayed(frames: frames, link: .cooked2).records.filter { $0.local.port == 41_000 }
        #expect(records.map(\.kind) == [.send, .receive, .close])
    }
}
