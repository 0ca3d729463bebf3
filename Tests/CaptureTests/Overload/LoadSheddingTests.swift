import CInterspanBPF
import Testing

@testable import Capture

private let millisecond: UInt64 = 1_000_000

@Suite struct LoadSheddingTests {
    private func found(
        _ shedding: inout LoadShedding, _ fill: Double, isLate: Bool = false, isHeldBack: Bool = false, at now: UInt64
    ) { shedding.found(fill: fill, isLate: isLate, isHeldBack: isHeldBack, at: now * millisecond) }

    @Test func nothingIsLeftOutUpToHalfARing() {
        var shedding = LoadShedding()
        for moment in 0..<1000 as Range<UInt64> { found(&shedding, 0.5, at: moment) }
        #expect(shedding.share == 0)
    }

    @Test func whatIsHeldBackForOrdersSakeIsNoOverload() {
        var shedding = LoadShedding()
        found(&shedding, 0.9, isHeldBack: true, at: 1)
        #expect(shedding.share == 0)
        found(&shedding, 0.9, at: 2)
        #expect(shedding.share == 32_768)
    }

    @Test func theFullerTheMoreIsLeftOutAndSomethingIsAlwaysSeen() {
        var shedding = LoadShedding()
        found(&shedding, 0.6, at: 1)
        #expect(shedding.admitted == 0.75)
        found(&shedding, 0.8, at: 2)
        #expect(shedding.admitted == 0.375)
        found(&shedding, 1, isLate: true, at: 3)
        #expect(shedding.admitted == 0.09375)
        for moment in 4..<100 as Range<UInt64> { found(&shedding, 1, isLate: true, at: moment) }
        #expect(shedding.admitted == LoadShedding.least)
        #expect(shedding.share < INTERSPAN_CONNECTION_PLACES)
    }

    @Test func whenTheLoadEndsEverythingIsSeenWithinHalfASecond() {
        var shedding = LoadShedding()
        for moment in 0..<50 as Range<UInt64> { found(&shedding, 1, isLate: true, at: moment) }
        var moment: UInt64 = 50
        while shedding.share > 0, moment < 10_000 {
            moment += 10
            found(&shedding, 0, at: moment)
        }
        #expect(moment <= 550)
    }

    /// Rings as full as what is let in makes them: the share that a lasting load gets must not swing.
    @Test func aLoadThatLastsFindsItsShare() {
        for load in [0.8, 2, 10, 60] {
            var shedding = LoadShedding()
            var shares: [Double] = []
            for moment in 0..<5000 as Range<UInt64> {
                let fill = load * shedding.admitted
                found(&shedding, min(fill, 1), isLate: fill > 1, at: moment)
                if moment >= 2000 { shares.append(shedding.admitted) }
            }
            #expect(load * shares.max()! <= LoadShedding.high)
            #expect(load * shares.min()! >= LoadShedding.low * 0.5 || shares.min() == 1)
        }
    }

    @Test func aFewRecordsMoreDoNotLetEverythingIn() {
        var shedding = LoadShedding()
        found(&shedding, 1, isLate: true, at: 0)
        found(&shedding, 0.24, at: 200)
        #expect(shedding.admitted < 0.3)
        found(&shedding, 0.3, at: 400)
        #expect(shedding.admitted < 0.3)
    }
}
