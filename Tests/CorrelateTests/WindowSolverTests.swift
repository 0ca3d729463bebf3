import Capture
import Testing

@testable import Correlate

/// What the windowed stage promises its caller.
@Suite struct WindowSolverTests {
    private let owner = OwnerKey(ProcessKey(pid: 1, start: 1))
    private let other = OwnerKey(ProcessKey(pid: 2, start: 1))

    private func solve(_ solver: inout WindowSolver, _ watermark: UInt64) -> [WindowDecision] {
        var decided: [WindowDecision] = []
        solver.solve(watermark: watermark, into: &decided)
        return decided
    }

    /// Two requests at once, and a call that either may have made.
    private func ambiguous(_ solver: inout WindowSolver) {
        solver.requestOpened(0, of: owner, operation: 1, at: 1_000_000)
        solver.requestOpened(1, of: owner, operation: 1, at: 1_000_000)
        solver.callOpened(2, of: owner, operation: 9, at: 2_000_000)
        solver.callClosed(2, at: 3_000_000)
        solver.requestClosed(0, at: 4_000_000)
        solver.requestClosed(1, at: 4_000_000)
    }

    @Test func theOnlyRequestMadeTheCall() {
        var solver = WindowSolver(options: CorrelateOptions())
        solver.requestOpened(0, of: owner, operation: 1, at: 1_000_000)
        solver.callOpened(7, of: owner, operation: 9, at: 2_000_000)
        solver.callClosed(7, at: 3_000_000)
        solver.requestClosed(0, at: 4_000_000)
        let decided = solve(&solver, 1_000_000_000)
        #expect(decided.map(\.call) == [7])
        #expect(decided.map(\.request) == [0])
        #expect(decided[0].probability > 0.7)
    }

    @Test func ofTwoThatAreAlikeNeitherIsSure() {
        var solver = WindowSolver(options: CorrelateOptions())
        ambiguous(&solver)
        let decided = solve(&solver, 1_000_000_000)
        #expect(decided.count == 1)
        #expect(decided[0].probability < 0.6)
    }

    @Test(arguments: [0, 1] as [UInt32])
    func otherEvidenceTipsTheScales(_ request: UInt32) {
        var solver = WindowSolver(options: CorrelateOptions())
        ambiguous(&solver)
        solver.suggest(request, for: 2, logOdds: 6)
        let decided = solve(&solver, 1_000_000_000)
        #expect(decided.map(\.request) == [request])
        #expect(decided[0].probability > 0.7)
    }

    @Test func aCallWaitsForItsRequestButNotBeyondTheWindow() {
        var solver = WindowSolver(options: CorrelateOptions())
        _ = solve(&solver, 1_000_000)
        solver.requestOpened(0, of: owner, operation: 1, at: 1_000_000)
        solver.callOpened(7, of: owner, operation: 9, at: 2_000_000)
        solver.callClosed(7, at: 3_000_000)
        let soon = solve(&solver, 2_000_000_000)
        #expect(soon.isEmpty)
        let decided = solve(&solver, 20_000_000_000)
        #expect(decided.map(\.request) == [0])
    }

    @Test func whatIsForcedIsDecidedAtOnceAndOnce() {
        var solver = WindowSolver(options: CorrelateOptions())
        solver.requestOpened(0, of: owner, operation: 1, at: 1_000_000)
        solver.callOpened(7, of: owner, operation: 9, at: 2_000_000)
        let forced = solver.decide(7)
        #expect(forced.request == 0)
        let decided = solve(&solver, 20_000_000_000)
        #expect(decided.isEmpty)
    }

    @Test func aCallOfAProcessWithoutRequestsIsNobodys() {
        var solver = WindowSolver(options: CorrelateOptions())
        solver.requestOpened(0, of: other, operation: 1, at: 1_000_000)
        solver.callOpened(7, of: owner, operation: 9, at: 2_000_000)
        solver.callClosed(7, at: 3_000_000)
        let decided = solve(&solver, 1_000_000_000)
        #expect(decided.map(\.request) == [WindowDecision.none])
    }

    @Test func aRequestThatIsGoneIsNoParent() {
        var solver = WindowSolver(options: CorrelateOptions())
        ambiguous(&solver)
        solver.suggest(1, for: 2, logOdds: 20)
        solver.remove(request: 1)
        let decided = solve(&solver, 1_000_000_000)
        #expect(decided.map(\.request) == [0])
    }

    @Test func whatWasSettledIsLearnedFrom() {
        var solver = WindowSolver(options: CorrelateOptions())
        // The later of two requests made the call, 300 us after it began, each time; who says so knows it.
        for turn in 0..<40 as Range<UInt64> {
            let time = turn * 100_000_000 + 1_000_000_000
            solver.requestOpened(0, of: owner, operation: 1, at: time)
            solver.callOpened(2, of: owner, operation: 9, at: time + 3_000_000)
            solver.settled(2, 0)
            solver.callClosed(2, at: time + 4_000_000)
            solver.requestClosed(0, at: time + 4_100_000)
            let decided = solve(&solver, time + 50_000_000)
            #expect(decided.isEmpty)
            solver.remove(request: 0)
            solver.remove(call: 2)
        }
        // Both have been there for longer than nothing; the first for just the learned time.
        let time: UInt64 = 10_000_000_000
        solver.requestOpened(0, of: owner, operation: 1, at: time)
        solver.requestOpened(1, of: owner, operation: 1, at: time + 2_900_000)
        solver.callOpened(2, of: owner, operation: 9, at: time + 3_000_000)
        solver.callClosed(2, at: time + 4_000_000)
        solver.requestClosed(0, at: time + 4_100_000)
        solver.requestClosed(1, at: time + 7_000_000)
        let decided = solve(&solver, time + 100_000_000)
        #expect(decided.map(\.request) == [0])
    }

    @Test func whatWasLearnedOutlivesARestart() {
        let traffic = Traffic(.fanOut, load: 30, requests: 120, seed: 5)
        var cold = WindowSolver(options: CorrelateOptions())
        var taught = WindowSolver(options: CorrelateOptions())
        _ = Traffic(.fanOut, load: 1, requests: 200, seed: 6).answers(of: &taught, owner: other)
        var bytes: [UInt8] = []
        taught.storeModels(into: &bytes)
        #expect(bytes.count > 1000)
        #expect(bytes.count <= WindowSolver.maximumModelBytes)
        var restored = WindowSolver(options: CorrelateOptions())
        let isTaken = restored.restoreModels(from: bytes)
        #expect(isTaken)
        var again: [UInt8] = []
        restored.storeModels(into: &again)
        // Sums of numbers that were rounded may differ in their last digit.
        #expect(again.count == bytes.count)
        let before = Score(traffic.answers(of: &cold, owner: owner), traffic)
        let after = Score(traffic.answers(of: &restored, owner: owner), traffic)
        #expect(after.linkShare > before.linkShare + 0.05)
    }

    @Test func damagedModelsAreRefused() {
        var taught = WindowSolver(options: CorrelateOptions())
        _ = Traffic(.shared, load: 1, requests: 50, seed: 6).answers(of: &taught, owner: other)
        var bytes: [UInt8] = []
        taught.storeModels(into: &bytes)
        var solver = WindowSolver(options: CorrelateOptions())
        var isTaken = solver.restoreModels(from: [UInt8]())
        #expect(!isTaken)
        isTaken = solver.restoreModels(from: bytes.dropLast())
        #expect(!isTaken)
        isTaken = solver.restoreModels(from: [UInt8](repeating: 0, count: 2 << 20))
        #expect(!isTaken)
        var random = SeededGenerator(seed: 1)
        for _ in 0..<100 {
            var damaged = bytes
            // The number of records aside, which is no part of what is checked: fewer are read then.
            let place = Int.random(in: 12..<bytes.count, using: &random)
            damaged[place] ^= UInt8.random(in: 1...255, using: &random)
            isTaken = solver.restoreModels(from: damaged)
            #expect(!isTaken)
        }
    }
}
