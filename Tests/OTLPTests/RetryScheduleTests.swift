import Testing

@testable import OTLP

@Suite struct RetryScheduleTests {
    private let second: UInt64 = 1_000_000_000

    @Test func waitsGrowToTheLongestOnes() {
        var schedule = RetrySchedule(RetrySettings(), firstAttempt: 0)
        let waits = (0..<7).compactMap { _ in schedule.next(now: 0, retryAfter: nil, chance: 0.5) }
        // The Collector's: 5 s, half as much more each time, 30 s at most.
        #expect(waits.map { Double($0) / 1e9 } == [5, 7.5, 11.25, 16.875, 25.3125, 30, 30])
    }

    @Test func chanceShortensAndLengthens() {
        var low = RetrySchedule(RetrySettings(), firstAttempt: 0)
        var high = low
        #expect(low.next(now: 0, retryAfter: nil, chance: 0) == second * 5 / 2)
        #expect(high.next(now: 0, retryAfter: nil, chance: 1) == second * 15 / 2)
    }

    @Test func theBackendsWishRules() {
        var schedule = RetrySchedule(RetrySettings(), firstAttempt: 0)
        #expect(schedule.next(now: second, retryAfter: 2 * second, chance: 0.5) == 3 * second)
        #expect(schedule.next(now: second, retryAfter: 0, chance: 0.5) == second + second * 15 / 2)
    }

    @Test func noAttemptBeginsTooLate() {
        var schedule = RetrySchedule(RetrySettings(), firstAttempt: 10 * second)
        #expect(schedule.next(now: 304 * second, retryAfter: nil, chance: 0.5) == 309 * second)
        #expect(schedule.next(now: 309 * second, retryAfter: nil, chance: 0.5) == nil)
        #expect(schedule.next(now: 20 * second, retryAfter: 301 * second, chance: 0.5) == nil)
    }

    @Test func withoutALimitItGoesOnForEver() {
        var settings = RetrySettings()
        settings.maxElapsedTimeNanoseconds = 0
        var schedule = RetrySchedule(settings, firstAttempt: 0)
        let late = 1_000_000 * second
        #expect(schedule.next(now: late, retryAfter: nil, chance: 0.5) == late + 5 * second)
        // Not even a backend may stop us for longer than an hour.
        #expect(schedule.next(now: late, retryAfter: .max, chance: 0.5) == late + 3600 * second)
    }

    @Test func disabledMeansNever() {
        var settings = RetrySettings()
        settings.enabled = false
        var schedule = RetrySchedule(settings, firstAttempt: 0)
        #expect(schedule.next(now: 0, retryAfter: second, chance: 0.5) == nil)
    }

    @Test func theSameComplaintIsHeardOncePerInterval() {
        var throttle = LogThrottle<Int>(interval: 100)
        #expect(throttle.admit(1, now: 0) == 0)
        #expect(throttle.admit(1, now: 50) == nil)
        #expect(throttle.admit(2, now: 50) == 0)
        #expect(throttle.admit(1, now: 99) == nil)
        #expect(throttle.admit(1, now: 100) == 2)
        #expect(throttle.admit(1, now: 200) == 0)
    }
}
