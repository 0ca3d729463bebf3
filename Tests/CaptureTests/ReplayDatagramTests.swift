import CInterspanBPF
import Capture
import Testing

/// DNS datagrams of a capture.
@Suite struct ReplayDatagramTests {
    private func datagram(
        _ message: [UInt8], from source: Endpoint, to destination: Endpoint, fragment: UInt16 = 0x4000
    ) -> [UInt8] {
        let udp = big(source.port) + big(destination.port) + big(UInt16(8 + message.count)) + [0, 0] + message
        let segment = TestSegment(source: source, destination: destination)
        let header =
            source.family == .ipv4
            ? segment.ipv4(total: UInt16(20 + udp.count), fragment: fragment).prefix(20)
            : segment.ipv6(first: 17, length: UInt16(udp.count)).prefix(40)
        var bytes = Array(header) + udp
        if source.family == .ipv4 { bytes[9] = 17 }
        return bytes
    }

    private let client = Endpoint(ipv4: 0x7F00_0001, port: 40_000)
    private let server = Endpoint(ipv4: 0x7F00_0035, port: 53)
    private let query = DNSBytes.query(1, "shop.test").message
    private let answer = DNSBytes.answer(1, "shop.test", addresses: 1).message

    private var frames: [[UInt8]] {
        [datagram(query, from: client, to: server), datagram(answer, from: server, to: client)]
    }

    @Test func bothEndsOfLoopbackAreSockets() {
        let replayed = Replayed(frames: frames, link: .raw)
        #expect(replayed.at(port: 40_000).map(\.kind) == [.send, .receive])
        #expect(replayed.at(port: 53).map(\.kind) == [.receive, .send])
        #expect(replayed.records.allSatisfy { $0.flags == Int(INTERSPAN_FLAG_DATAGRAM.rawValue) })
        #expect(Set(replayed.records.map(\.socket)).count == 2)
        #expect(replayed.counters.segments == 2 && replayed.counters.records == 4)
        let six = Endpoint(family: .ipv6, port: 53, high: 0, low: 1)
        var asking = six
        asking.port = 40_000
        let other = Replayed(frames: [datagram(query, from: asking, to: six)], link: .raw)
        #expect(other.records.map(\.kind) == [.send, .receive])
        #expect(other.records.map(\.peer) == [six, asking])
    }

    @Test func ofStrangersTheServerAloneIsFollowed() {
        let far = Endpoint(ipv4: 0x0A00_0001, port: 40_000)
        let resolver = Endpoint(ipv4: 0x0A00_0002, port: 53)
        let frames = [datagram(query, from: far, to: resolver), datagram(answer, from: resolver, to: far)]
        #expect(Replayed(frames: frames, link: .raw).records.map(\.local.port) == [53, 53])
        let observed = Replayed(frames: frames, link: .raw, options: options(local: "10.0.0.1/32"))
        #expect(observed.records.map(\.local.port) == [40_000, 40_000])
        // Two resolvers that both ask from their own port: who answers serves.
        let peer = Endpoint(ipv4: 0x0A00_0003, port: 53)
        let both = [datagram(query, from: peer, to: resolver), datagram(answer, from: resolver, to: peer)]
        #expect(Replayed(frames: both, link: .raw).records.map(\.local) == [resolver, resolver])
    }

    @Test func whatIsCapturedTwiceIsOneRecordAtEachEnd() {
        func cooked(_ type: UInt16, _ ip: [UInt8]) -> [UInt8] {
            big(type) + big(UInt16(1)) + big(UInt16(6)) + [1, 2, 3, 4, 5, 6, 0, 0] + big(UInt16(0x0800)) + ip
        }
        let twice = frames.flatMap { [cooked(4, $0), cooked(0, $0)] }
        let replayed = Replayed(frames: twice, link: .cooked)
        #expect(replayed.records.map(\.kind) == [.send, .receive, .send, .receive])
    }

    @Test func whatIsNoDNSIsLeftOutAndCounted() {
        var other = server
        other.port = 5353
        var long = datagram(query, from: client, to: server)
        long[24] = 0xFF
        let replayed = Replayed(
            frames: [
                datagram(query, from: client, to: other), datagram(query, from: client, to: server, fragment: 0x2000),
                long, Array(frames[0].prefix(25)), datagram([], from: client, to: server),
            ], link: .raw)
        #expect(replayed.records.isEmpty)
        #expect(replayed.counters[.notTCP] == 1 && replayed.counters[.fragment] == 1)
        #expect(replayed.counters[.malformed] == 1 && replayed.counters[.headerCut] == 1)
    }

    @Test func exchangesComeOutTheSameInEveryReplay() throws {
        var file = TestPcap(link: 101)
        for (index, frame) in frames.enumerated() { file.add(frame, at: UInt64(index + 1) * 1_000_000) }
        let first = try withFile(file.bytes) { try CapturedExchanges(paths: [$0]) }
        let second = try withFile(file.bytes) { try CapturedExchanges(paths: [$0]) }
        #expect(first.closed.count == 2 && Set(first.closed.map(\.end.id)).count == 1)
        #expect(first.closed.map(\.end) == second.closed.map(\.end))
        #expect(first.losses.isEmpty)
    }
}
