/// How right answers are.
struct Score {
    /// Links that are right, of all; a call of nobody is right with none.
    var links = (right: 0, all: 0)
    /// Requests all of whose calls are right, of those that make any.
    var requests = (right: 0, all: 0)

    var linkShare: Double { Double(links.right) / Double(max(links.all, 1)) }
    var requestShare: Double { Double(requests.right) / Double(max(requests.all, 1)) }

    /// Compares answers with the truth, from a request on.
    init(_ answers: Answers, _ traffic: Traffic, from first: Int = 0) {
        var wrong = Array(repeating: false, count: traffic.requests.count)
        var calls = Array(repeating: false, count: traffic.requests.count)
        let since = first < traffic.requests.count ? traffic.requests[first].start : .max
        for (index, call) in traffic.calls.enumerated() where call.start >= since {
            let isRight = answers.requests[index] == call.request
            links.all += 1
            if isRight { links.right += 1 }
            if let request = call.request {
                calls[request] = true
                if !isRight { wrong[request] = true }
            }
            if !isRight, let taken = answers.requests[index] { wrong[taken] = true }
        }
        for index in traffic.requests.indices where index >= first && calls[index] {
            requests.all += 1
            if !wrong[index] { requests.right += 1 }
        }
    }
}

/// Of the links stated with a probability, how many are right: ten bins.
struct Reliability {
    var stated = Array(repeating: 0.0, count: 10)
    var right = Array(repeating: 0, count: 10)
    var count = Array(repeating: 0, count: 10)

    mutating func add(_ answers: Answers, _ traffic: Traffic) {
        for (index, call) in traffic.calls.enumerated() {
            let bin = min(Int(answers.probabilities[index] * 10), 9)
            stated[bin] += answers.probabilities[index]
            count[bin] += 1
            if answers.requests[index] == call.request { right[bin] += 1 }
        }
    }
}
