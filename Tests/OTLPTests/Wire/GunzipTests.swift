import Testing

@testable import OTLP

@Suite struct GunzipTests {
    private func inflate(_ bytes: [UInt8], limit: Int = 1 << 20) -> Result<[UInt8], GunzipError> {
        bytes.withUnsafeBytes { bytes in
            Result { () throws(GunzipError) in try Gunzip.inflate(bytes, limit: limit) }
        }
    }

    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        let buffer = ByteBuffer()
        #expect(bytes.withUnsafeBytes { Gzip().compress($0, into: buffer) })
        return Array(buffer.bytes)
    }

    private let samples: [[UInt8]] = {
        var random = SeededGenerator(1)
        return [
            [], [7], Array("hello".utf8), [UInt8](repeating: 0, count: 300_000),
            (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) },
        ]
    }()

    @Test func whatWasCompressedComesOut() throws {
        for sample in samples {
            let compressed = gzip(sample)
            #expect(try inflate(compressed).get() == sample)
            // Exactly the limit is not beyond it.
            #expect(try inflate(compressed, limit: sample.count).get() == sample)
            if !sample.isEmpty {
                #expect(throws: GunzipError.tooLarge) { try inflate(compressed, limit: sample.count - 1).get() }
            }
        }
    }

    @Test func severalMembersAreJoined() throws {
        for first in samples {
            for second in samples {
                let both = gzip(first) + gzip(second)
                #expect(try inflate(both).get() == first + second)
                let size = first.count + second.count
                if size > 0 { #expect(throws: GunzipError.tooLarge) { try inflate(both, limit: size - 1).get() } }
            }
        }
    }

    @Test func whatIsNotGzipIsMalformed() {
        let good = gzip(Array("hello hello hello".utf8))
        var wrong: [[UInt8]] = [[], [0x1F], Array("hello, this is not gzip".utf8), good + [0], good + good.dropLast()]
        for length in 0..<good.count { wrong.append(Array(good[..<length])) }
        // A wrong checksum, a wrong size, a wrong header.
        for place in [good.count - 8, good.count - 4, 0, 2] {
            var changed = good
            changed[place] ^= 1
            wrong.append(changed)
        }
        for bytes in wrong { #expect(throws: GunzipError.malformed) { try inflate(bytes).get() } }
    }

    @Test func bombStopsAtTheLimit() {
        let bomb = gzip([UInt8](repeating: 0, count: 50 << 20))
        #expect(bomb.count < 1 << 20)
        #expect(throws: GunzipError.tooLarge) { try inflate(bomb, limit: 1 << 20).get() }
        // One that claims to be small.
        #expect(throws: GunzipError.tooLarge) { try inflate(bomb + gzip([1]), limit: 1 << 20).get() }
        var liar = bomb
        for place in (liar.count - 4)..<liar.count { liar[place] = 0 }
        #expect(throws: GunzipError.tooLarge) { try inflate(liar, limit: 1 << 20).get() }
    }

    @Test func mutationsAreAnswered() {
        let good = gzip(samples[3]) + gzip(samples[2])
        var random = SeededGenerator(2)
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if case .success(let result) = inflate(bytes, limit: 1 << 19) { #expect(result.count <= 1 << 19) }
        }
    }
}
