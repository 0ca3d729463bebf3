import Capture
import Testing

@testable import Correlate

/// What the windowed stage achieves on timing alone, beside what is done where nothing better is known. The whole table is
/// the bench's.
@Suite struct WindowAccuracyTests {
    private static let owner = OwnerKey(ProcessKey(pid: 1, start: 1))
    private static let earlier = OwnerKey(ProcessKey(pid: 1, start: 0))

    /// Answers to some traffic of a process whose operations were seen before, at two requests in flight.
    private func experienced(_ workload: Workload, _ traffic: Traffic) -> Answers {
        var solver = WindowSolver(options: CorrelateOptions())
        let before = Traffic(workload, load: 2, requests: 150, seed: 99)
        _ = before.answers(of: &solver, owner: WindowAccuracyTests.earlier)
        before.forget(by: &solver)
        return traffic.answers(of: &solver, owner: WindowAccuracyTests.owner)
    }

    @Test(arguments: [2, 10, 50, 200] as [Double])
    func oursLeadsEachBaselineAtEveryLoad(_ load: Double) {
        let workloads = [Workload.chain, .fanOut]
        var ours = 0.0
        var others = [0.0, 0, 0]
        for workload in workloads {
            let traffic = Traffic(workload, load: load, requests: 80 + Int(load), seed: 7)
            ours += Score(experienced(workload, traffic), traffic).linkShare
            for (index, baseline) in Baseline.allCases.enumerated() {
                others[index] += Score(traffic.answers(of: baseline), traffic).linkShare
            }
        }
        for other in others { #expect(ours > other) }
    }

    @Test func nineteenOfTwentyLinksAreRightAtTenInFlight() {
        var share = 0.0
        for workload in Workload.standard {
            let traffic = Traffic(workload, load: 10, requests: 300, seed: 3)
            share += Score(experienced(workload, traffic), traffic).linkShare
        }
        #expect(share / Double(Workload.standard.count) >= 0.95)
    }

    @Test func whatIsSaidOfLinksIsAsOftenRight() {
        var reliability = Reliability()
        for workload in Workload.standard {
            for load in [1.0, 10, 30] {
                let traffic = Traffic(workload, load: load, requests: 90, seed: 11)
                reliability.add(experienced(workload, traffic), traffic)
            }
        }
        for bin in 0..<10 where reliability.count[bin] >= 300 {
            let count = Double(reliability.count[bin])
            let (stated, right) = (reliability.stated[bin] / count, Double(reliability.right[bin]) / count)
            // Too modest is no harm as too bold is.
            #expect(stated - right <= 0.1, "\(bin): stated \(stated), right \(right)")
            #expect(right - stated <= 0.2, "\(bin): stated \(stated), right \(right)")
        }
    }

    @Test func theSameTrafficGivesTheSameAnswers() {
        let traffic = Traffic(.fanOut, load: 10, requests: 150, seed: 5)
        var one = WindowSolver(options: CorrelateOptions())
        var other = WindowSolver(options: CorrelateOptions())
        let (first, second) = (
            traffic.answers(of: &one, owner: WindowAccuracyTests.owner),
            traffic.answers(of: &other, owner: WindowAccuracyTests.owner)
        )
        #expect(first.requests == second.requests)
        #expect(first.probabilities == second.probabilities)
    }

    @Test func howOftenItIsAskedMattersLittle() {
        let traffic = Traffic(.chain, load: 5, requests: 150, seed: 5)
        var one = WindowSolver(options: CorrelateOptions())
        var other = WindowSolver(options: CorrelateOptions())
        let often = traffic.answers(of: &one, owner: WindowAccuracyTests.owner, batch: 1)
        let seldom = traffic.answers(of: &other, owner: WindowAccuracyTests.owner, batch: 200)
        let same = zip(often.requests, seldom.requests).count { $0 == $1 }
        #expect(Double(same) >= 0.95 * Double(traffic.calls.count))
    }
}
