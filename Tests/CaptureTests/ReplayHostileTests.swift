import Capture
import Testing

/// Seeded damage to valid files: no trap, no loop, and no more records than the bytes could hold.
@Suite struct ReplayHostileTests {
    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return Mixer.mix(state)
        }
    }

    private static func files() -> [[UInt8]] {
        var segments: [TestSegment] = []
        for base in [TestConnection.local, .local6, .remote] {
            var connection = base
            segments += connection.exchange()
        }
        var files: [[UInt8]] = []
        let links: [(UInt32, (TestSegment) -> [UInt8])] = [
            (1, { $0.ethernet(tags: [0x8100]) }), (113, { $0.cooked(4) }), (276, { $0.cooked2(0) }), (101, \.ip),
            (0, { $0.loopback() }),
        ]
        for (link, frame) in links {
            var pcap = TestPcap(link: link, bigEndian: link == 113)
            var pcapng = TestPcapng(bigEndian: link == 276)
            pcapng.interface(
                link: UInt16(link),
                options: [
                    (9, [9]), (4, [10, 2, 0, 2, 255, 0, 0, 0]), (14, [0, 0, 0, 0, 0, 0, 0, 1]),
                    (5, [UInt8](repeating: 1, count: 17)),
                ])
            for (index, segment) in segments.enumerated() {
                pcap.add(frame(segment), at: UInt64(index) * 1000)
                if index % 3 == 0 { pcapng.old(frame(segment), units: UInt64(index)) }
                if index % 3 == 1 { pcapng.enhanced(frame(segment), units: UInt64(index)) }
                if index % 3 == 2 { pcapng.simple(frame(segment)) }
            }
            files += [pcap.bytes, pcapng.bytes]
        }
        return files
    }

    @Test(arguments: 0..<10)
    func damagedFilesAreReadOrRefused(which: Int) throws {
        let whole = ReplayHostileTests.files()[which]
        var generator = Generator(state: UInt64(which))
        var options = CaptureOptions()
        options.maximumConnections = 8
        var read = 0
        for _ in 0..<200 {
            var bytes = whole
            // The first header is left alone most of the time, or nothing else would ever be reached.
            let from = UInt8.random(in: 0..<8, using: &generator) == 0 ? 0 : 24
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let place = Int.random(in: from..<bytes.count, using: &generator)
                switch UInt8.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: bytes[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
                default:
                    bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &generator)))
                }
                if bytes.count <= from { break }
            }
            guard let replayed = try? Replayed(bytes, options: options) else { continue }
            read += 1
            if read % 4 == 0 {
                let captured = try CapturedExchanges(bytes, options: options)
                #expect(captured.counters.opened == captured.counters.closed)
                #expect(captured.counters.consumed == replayed.counters.records)
            }
            // A packet makes at most two records of data, and those that open or close.
            #expect(replayed.counters.records <= replayed.counters.packets * 5 + 16)
            #expect(replayed.records.reduce(0) { $0 + $1.text.utf8.count } <= bytes.count * 2 * 3)
        }
        #expect(read > 100)
    }

    @Test func damagedFramesAreDecodedOrCounted() {
        var generator = Generator(state: 7)
        var connection = TestConnection.local6
        let segments = connection.exchange()
        let fragment: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 9]
        for _ in 0..<1500 {
            let segment = segments.randomElement(using: &generator) ?? segments[0]
            var frame = segment.ethernet()
            if Bool.random(using: &generator) { frame = segment.ipv6(first: 44, extensions: fragment) }
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                frame[Int.random(in: 0..<frame.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            frame = frame.prefix(Int.random(in: 0...frame.count, using: &generator)) + []
            for link in [LinkLayer.ethernet, .cooked, .cooked2, .raw, .loopback] {
                let replayed = Replayed(frames: [frame], link: link)
                let skipped = SkippedPacket.allCases.map { replayed.counters[$0] }.reduce(0, +)
                #expect(replayed.counters.segments + skipped == 1)
            }
        }
    }
}
