import Testing

@testable import Bridge
@testable import Capture

@Suite struct RateLimiterTests {
    private static let second = RateLimiter.second

    /// Offers traces of several operations, each so many a second, evenly spread, and says how many of each were kept in
    /// each second.
    private func run(_ limiter: inout RateLimiter, _ rates: [UInt64: Int], seconds: Int) -> [[UInt64: Int]] {
        var kept: [[UInt64: Int]] = []
        var traces: UInt64 = 0
        for second in 0..<seconds {
            var events: [(time: UInt64, key: UInt64)] = []
            for (key, rate) in rates {
                for index in 0..<rate {
                    events.append((UInt64(index) * Self.second / UInt64(rate) + key % 1000, key))
                }
            }
            events.sort { ($0.time, $0.key) < ($1.time, $1.key) }
            var counts: [UInt64: Int] = [:]
            for event in events {
                traces += 1
                let now = Self.second * UInt64(second + 1) + event.time
                let threshold = SamplingThreshold(probability: limiter.offer(event.key, now: now))
                guard threshold.keeps(Mixer.mix(traces) & (SamplingThreshold.end - 1)) else { continue }
                limiter.keep(event.key)
                counts[event.key, default: 0] += 1
            }
            kept.append(counts)
        }
        return kept
    }

    @Test func lowTrafficIsKeptWhole() {
        var limiter = RateLimiter(limit: 100)
        for counts in run(&limiter, [1: 40, 2: 20, 3: 5], seconds: 5) { #expect(counts == [1: 40, 2: 20, 3: 5]) }
    }

    @Test func aRareOperationIsNotDrownedByABusyOne() {
        var limiter = RateLimiter(limit: 100)
        let kept = run(&limiter, [1: 5000, 2: 500, 3: 5], seconds: 10).dropFirst(2)
        for counts in kept { #expect(counts[3] == 5) }
        let sums = kept.map { $0.values.reduce(0, +) }
        let mean = Double(sums.reduce(0, +)) / Double(sums.count)
        #expect(abs(mean - 100) < 15, "\(sums)")
        // What the rare one leaves is shared by halves.
        for key in [UInt64(1), 2] {
            let share = Double(kept.map { $0[key] ?? 0 }.reduce(0, +)) / Double(kept.count)
            #expect(abs(share - 47.5) < 12, "\(key): \(share)")
        }
    }

    @Test func aBurstCostsAboutTwiceTheLimit() {
        var limiter = RateLimiter(limit: 100)
        let kept = run(&limiter, [1: 100_000], seconds: 3).map { $0.values.reduce(0, +) }
        #expect(kept[0] >= 100 && kept[0] < 300, "\(kept)")
        for count in kept.dropFirst() { #expect(abs(count - 100) < 45, "\(kept)") }
    }

    @Test func aBurstOfOneOperationCostsAnotherNothing() {
        var limiter = RateLimiter(limit: 100)
        let kept = run(&limiter, [1: 100_000, 2: 20], seconds: 1)
        #expect(kept[0][2] == 20)
    }

    @Test func manyNewOperationsAtOnceDoNotExceedTheLimitByFar() {
        var limiter = RateLimiter(limit: 50)
        let rates = Dictionary(uniqueKeysWithValues: (1...500).map { (UInt64($0), 40) })
        let kept = run(&limiter, rates, seconds: 4).map { $0.values.reduce(0, +) }
        #expect(kept[0] < 200, "\(kept)")
        for count in kept.dropFirst() { #expect(abs(count - 50) < 40, "\(kept)") }
    }

    @Test func operationsAreBounded() {
        var limiter = RateLimiter(limit: 10)
        for index in 1...100_000 {
            _ = limiter.offer(UInt64(index), now: Self.second + UInt64(index))
            limiter.keep(UInt64(index))
        }
        #expect(limiter.operationCount <= RateLimiter.maximumOperations + 1)
        #expect(limiter.overflowed > 90_000)
        // Long after, they are forgotten.
        _ = limiter.offer(1, now: 1000 * Self.second)
        #expect(limiter.operationCount == 1)
    }

    @Test func theSameTrafficIsJudgedTheSame() {
        var first = RateLimiter(limit: 30)
        var second = RateLimiter(limit: 30)
        let rates: [UInt64: Int] = [1: 700, 2: 90, 3: 11]
        #expect(run(&first, rates, seconds: 4) == run(&second, rates, seconds: 4))
    }

    @Test func timeThatGoesBackwardsOrLeapsIsBorne() {
        var limiter = RateLimiter(limit: 0.5)
        for now in [5, 1, .max, 0, UInt64.max - 1, 7] as [UInt64] {
            let probability = limiter.offer(1, now: now)
            #expect(probability > 0 && probability <= 1)
            limiter.keep(1)
        }
    }
}
