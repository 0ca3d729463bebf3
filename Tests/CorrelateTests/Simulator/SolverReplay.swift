@testable import Correlate

extension Traffic {
    /// What the windowed stage answers.
    ///
    /// - Parameter batch: after how many events it is asked.
    func answers(of solver: inout WindowSolver, owner: OwnerKey, batch: Int = 16) -> Answers {
        var answers = Answers(
            requests: Array(repeating: nil, count: calls.count), probabilities: Array(repeating: 0, count: calls.count))
        var decided: [WindowDecision] = []
        func take() {
            for decision in decided {
                answers.requests[Int(decision.call)] = decision.request == .max ? nil : Int(decision.request)
                answers.probabilities[Int(decision.call)] = decision.probability
            }
            decided.removeAll(keepingCapacity: true)
        }
        var last: UInt64 = 0
        for (number, (time, event)) in events().enumerated() {
            switch event {
            case .requestOpened(let index):
                solver.requestOpened(UInt32(index), of: owner, operation: requests[index].operation, at: time)
            case .requestClosed(let index): solver.requestClosed(UInt32(index), at: time)
            case .callOpened(let index):
                solver.callOpened(UInt32(index), of: owner, operation: calls[index].operation, at: time)
            case .callClosed(let index): solver.callClosed(UInt32(index), at: time)
            }
            last = time
            if number % batch == batch - 1 {
                solver.solve(watermark: time, into: &decided)
                take()
            }
        }
        solver.solve(watermark: last + 100_000_000_000, into: &decided)
        take()
        return answers
    }
}

extension Traffic {
    /// All of it is over, and its tags free.
    func forget(by solver: inout WindowSolver) {
        for index in requests.indices { solver.remove(request: UInt32(index)) }
        for index in calls.indices { solver.remove(call: UInt32(index)) }
    }
}
