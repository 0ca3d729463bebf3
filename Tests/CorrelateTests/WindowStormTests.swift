import Capture
import Testing

@testable import Correlate

/// Events that no real traffic has: nothing traps, nothing grows, every call is decided once at most.
@Suite struct WindowStormTests {
    private func storm(_ seed: UInt64, capacity: Int, owners: UInt32, events: Int) -> [WindowDecision] {
        var options = CorrelateOptions()
        options.maximumExchanges = capacity
        options.maximumProcesses = 3
        var solver = WindowSolver(options: options)
        var random = SeededGenerator(seed: seed)
        var decisions: [WindowDecision] = []
        var known: Set<UInt32> = []
        var decided: Set<UInt32> = []
        var time: UInt64 = 1_000_000_000
        func take(_ new: [WindowDecision]) {
            for decision in new {
                #expect(known.contains(decision.call))
                #expect(decided.insert(decision.call).inserted)
                #expect(decision.probability >= 0 && decision.probability <= 1)
            }
            decisions += new
        }
        for _ in 0..<events {
            let tag = UInt32.random(in: 0..<UInt32(capacity + 2), using: &random)
            let owner = OwnerKey(ProcessKey(pid: .random(in: 1...owners, using: &random), start: 1))
            let operation = UInt64.random(in: 0...5, using: &random)
            time &+= .random(in: 0...2_000_000, using: &random)
            let moment =
                switch Int.random(in: 0..<12, using: &random) {
                case 0: UInt64.random(in: 0...(.max), using: &random)
                case 1: time &- .random(in: 0...1_000_000_000, using: &random)
                case 2: [0, 1, UInt64.max, 1 << 63][Int.random(in: 0..<4, using: &random)]
                default: time
                }
            switch Int.random(in: 0..<16, using: &random) {
            case 0, 1: solver.requestOpened(tag, of: owner, operation: operation, at: moment)
            case 2, 3: solver.requestClosed(tag, at: moment)
            case 4, 5, 6:
                solver.callOpened(tag, of: owner, operation: operation, at: moment)
                known.insert(tag)
                decided.remove(tag)
            case 7, 8, 9: solver.callClosed(tag, at: moment)
            case 10:
                solver.suggest(
                    .random(in: 0..<UInt32(capacity + 2), using: &random), for: tag,
                    logOdds: [1, -1, .nan, .infinity, -.infinity][Int.random(in: 0..<5, using: &random)])
            case 11:
                solver.settled(tag, Bool.random(using: &random) ? nil : .random(in: 0...(.max), using: &random))
                decided.insert(tag)
            case 12:
                let decision = solver.decide(tag)
                #expect(decision.call == tag)
                decided.insert(tag)
            case 13:
                solver.remove(request: tag)
            case 14:
                solver.remove(call: tag)
                decided.insert(tag)
            default:
                var new: [WindowDecision] = []
                solver.solve(watermark: moment, into: &new)
                take(new)
            }
        }
        #expect(Int(solver.usedBlocks) <= capacity)
        return decisions
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func whatHoldsAlwaysHolds(_ seed: UInt64) {
        let decisions = storm(seed, capacity: seed % 3 == 0 ? 3 : 60, owners: seed % 2 == 0 ? 1 : 6, events: 3_000)
        #expect(!decisions.isEmpty)
        #expect(
            decisions == storm(seed, capacity: seed % 3 == 0 ? 3 : 60, owners: seed % 2 == 0 ? 1 : 6, events: 3_000))
    }

    @Test func oneRequestWithThousandsOfCallsIsBorne() {
        var solver = WindowSolver(options: CorrelateOptions())
        let owner = OwnerKey(ProcessKey(pid: 1, start: 1))
        solver.requestOpened(0, of: owner, operation: 1, at: 1_000_000)
        var decided: [WindowDecision] = []
        for call in 1...2_000 as ClosedRange<UInt32> {
            let time = UInt64(call) * 1_000_000
            solver.callOpened(call, of: owner, operation: 9, at: time)
            solver.callClosed(call, at: time + 500_000)
            if call % 50 == 0 { solver.solve(watermark: time, into: &decided) }
        }
        solver.requestClosed(0, at: 3_000_000_000)
        solver.solve(watermark: 100_000_000_000, into: &decided)
        #expect(decided.count == 2_000)
    }
}
