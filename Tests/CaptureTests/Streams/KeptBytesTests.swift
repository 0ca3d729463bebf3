import Testing

@testable import Capture

@Suite struct KeptBytesTests {
    private func append(_ text: String, to kept: KeptBytes) {
        Array(text.utf8).withUnsafeBytes { kept.append($0) }
    }

    private func text(_ kept: KeptBytes) -> String { String(decoding: kept.bytes, as: UTF8.self) }

    @Test func whatIsAddedIsKeptInOrder() {
        let kept = KeptBytes()
        #expect(kept.bytes.isEmpty)
        append("", to: kept)
        append("ab", to: kept)
        append("cde", to: kept)
        #expect(text(kept) == "abcde")
        #expect(kept.count == 5)
    }

    @Test func bytesSurviveThatTheirMemoryGrows() {
        let kept = KeptBytes()
        var expected: [UInt8] = []
        for index in 0..<2000 {
            let more = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: index % 7)
            more.withUnsafeBytes { kept.append($0) }
            expected += more
        }
        #expect(Array(kept.bytes) == expected)
    }

    @Test func theLastBytesStay() {
        let kept = KeptBytes()
        append("0123456789", to: kept)
        kept.keepLast(20)
        #expect(text(kept) == "0123456789")
        // More than half: what stays overlaps where it stood.
        kept.keepLast(8)
        #expect(text(kept) == "23456789")
        kept.keepLast(0)
        #expect(kept.bytes.isEmpty)
        kept.keepLast(3)
        append("x", to: kept)
        #expect(text(kept) == "x")
    }

    @Test(arguments: [0, 4, 1 << 20])
    func whatIsClearedCanBeFilledAgain(retaining: Int) {
        let kept = KeptBytes()
        kept.clear(retaining: retaining)
        append("0123456789", to: kept)
        kept.clear(retaining: retaining)
        #expect(kept.bytes.isEmpty)
        append("again", to: kept)
        #expect(text(kept) == "again")
    }
}
