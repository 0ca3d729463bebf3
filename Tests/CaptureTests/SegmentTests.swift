import CInterspanBPF
import Testing

@testable import Capture

/// Records with several stretches of known bytes.
@Suite struct SegmentTests {
    /// A stretch as it comes out: its offset, its bytes, or how many are not known.
    private struct Stretch: Equatable {
        var offset: UInt64
        var bytes: [UInt8] = []
        var unknown: UInt64 = 0
    }

    private func record(_ length: UInt32, _ bytes: [UInt8], _ ranges: [(UInt32, UInt32)]) -> TestRecord {
        var builder = RecordBuilder()
        var record = builder.send([])
        record.header.length = length
        record.header.flags |= UInt8(INTERSPAN_FLAG_RANGES.rawValue)
        record.head = bytes
        record.tail = ranges.flatMap { range in
            withUnsafeBytes(of: interspan_range(offset: range.0, count: range.1)) { Array($0) }
        }
        return record
    }

    private func stretches(of segment: Segment) -> [Stretch] {
        var stretches: [Stretch] = []
        segment.forEachStretch { known, unknown, offset in
            stretches.append(Stretch(offset: offset, bytes: Array(known), unknown: unknown))
            return true
        }
        return stretches
    }

    private func stretches(_ record: TestRecord, held: Bool, dropping: UInt64 = 0) -> [Stretch] {
        record.withRecord {
            var segment = Segment($0, isSent: true, offset: 1000)
            segment.dropFirst(dropping)
            return held ? HeldSegment(segment).withSegment { stretches(of: $0) } : stretches(of: segment)
        }
    }

    @Test(arguments: [false, true])
    func stretchesComeInTheirPlaces(held: Bool) {
        let middle = record(100, [1, 2, 3, 4, 5], [(0, 2), (10, 1), (98, 2)])
        #expect(
            stretches(middle, held: held) == [
                Stretch(offset: 1000, bytes: [1, 2]), Stretch(offset: 1002, unknown: 8),
                Stretch(offset: 1010, bytes: [3]), Stretch(offset: 1011, unknown: 87),
                Stretch(offset: 1098, bytes: [4, 5]),
            ])
        let late = record(100, [7], [(50, 1)])
        #expect(
            stretches(late, held: held) == [
                Stretch(offset: 1000, unknown: 50), Stretch(offset: 1050, bytes: [7]),
                Stretch(offset: 1051, unknown: 49),
            ])
        #expect(stretches(record(100, [], []), held: held) == [Stretch(offset: 1000, unknown: 100)])
    }

    @Test(arguments: [false, true])
    func rangesThatAreNoneLeaveTheLength(held: Bool) {
        for ranges: [(UInt32, UInt32)] in [
            [(0, 3)], [(5, 1), (0, 1)], [(0, 1), (0, 1)], [(99, 2)], [(.max, .max), (0, 3)], [(0, .max), (1, 3)],
        ] {
            let stretches = stretches(record(100, [1, 2], ranges), held: held)
            #expect(stretches == [Stretch(offset: 1000, unknown: 100)], "\(ranges)")
        }
    }

    @Test(arguments: [false, true])
    func whatIsLeftOfARepetitionKeepsItsLength(held: Bool) {
        let whole = record(100, [1, 2, 3, 4, 5], [(0, 2), (10, 1), (98, 2)])
        #expect(
            stretches(whole, held: held, dropping: 1) == [
                Stretch(offset: 1001, bytes: [2]), Stretch(offset: 1002, unknown: 98),
            ])
        #expect(stretches(whole, held: held, dropping: 50) == [Stretch(offset: 1050, unknown: 50)])
    }
}
