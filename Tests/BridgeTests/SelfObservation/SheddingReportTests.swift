import Testing

@testable import Bridge
@testable import Capture

@Suite struct SheddingReportTests {
    private func counters(calls: UInt64, share: Double) -> CaptureCounters {
        var counters = CaptureCounters()
        counters.losses[.shed] = calls
        counters.shedding.share = share
        return counters
    }

    @Test func itsBeginningAndItsEndAreSaidOnce() {
        var report = SheddingReport()
        let second: UInt64 = 1_000_000_000
        #expect(report.look(at: counters(calls: 0, share: 0), now: second) == nil)
        #expect(report.look(at: counters(calls: 10, share: 0.5), now: 2 * second) == .began(share: 0.5))
        #expect(report.look(at: counters(calls: 90, share: 0.75), now: 3 * second) == nil)
        #expect(report.look(at: counters(calls: 95, share: 0), now: 4 * second) == nil)
        #expect(report.look(at: counters(calls: 95, share: 0), now: 5 * second) == nil)
        #expect(report.look(at: counters(calls: 95, share: 0), now: 6 * second) == .ended(calls: 95))
        #expect(report.look(at: counters(calls: 95, share: 0), now: 9 * second) == nil)
        #expect(report.look(at: counters(calls: 96, share: 0), now: 10 * second) == .began(share: 0))
        #expect(report.look(at: counters(calls: 96, share: 0), now: 12 * second) == .ended(calls: 1))
    }
}
