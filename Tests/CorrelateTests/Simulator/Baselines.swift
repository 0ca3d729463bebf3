import Glibc

/// What is done where nothing better is known. All decide when the call begins.
enum Baseline: CaseIterable {
    /// Requests are served in the order in which they came: the oldest that has not made this call yet.
    case firstInFirstOut
    /// The request that came last.
    case mostRecent
    /// The request for which the delay since its beginning is likeliest, by the true distribution of that delay; each
    /// makes the call once for every time it does so on average, rounded up.
    case delayOnly
}

extension Traffic {
    /// What a baseline answers.
    func answers(of baseline: Baseline) -> Answers {
        var answers = Answers(
            requests: Array(repeating: nil, count: calls.count), probabilities: Array(repeating: 1, count: calls.count))
        var open: [Int] = []
        var made: [[UInt64: Int]] = Array(repeating: [:], count: requests.count)
        let delays = DelayTable(self)
        for (time, event) in events() {
            switch event {
            case .requestOpened(let index): open.append(index)
            case .requestClosed(let index): open.removeAll { $0 == index }
            case .callClosed: break
            case .callOpened(let index):
                let operation = calls[index].operation
                let waiting = open.filter { request in
                    made[request][operation, default: 0]
                        < delays.most(requests[request].operation, operation)
                }
                let candidates = waiting.isEmpty ? open : waiting
                let choice: Int? =
                    switch baseline {
                    case .firstInFirstOut: candidates.first
                    case .mostRecent: candidates.last
                    case .delayOnly:
                        candidates.max { one, other in
                            delays.likelihood(requests[one].operation, operation, time - requests[one].start)
                                < delays.likelihood(requests[other].operation, operation, time - requests[other].start)
                        }
                    }
                answers.requests[index] = choice
                if let choice { made[choice][operation, default: 0] += 1 }
            }
        }
        return answers
    }
}

/// The true delays between the beginnings of requests and of their calls, by operations, in bins of a quarter octave.
private struct DelayTable {
    private struct Pair: Hashable {
        var incoming: UInt64
        var outgoing: UInt64
    }

    private var bins: [Pair: [Double]] = [:]
    private var counts: [Pair: Int] = [:]

    init(_ traffic: Traffic) {
        var requests: [UInt64: Int] = [:]
        for request in traffic.requests { requests[request.operation, default: 0] += 1 }
        for call in traffic.calls {
            guard let request = call.request else { continue }
            let pair = Pair(incoming: traffic.requests[request].operation, outgoing: call.operation)
            let delay = call.start > traffic.requests[request].start ? call.start - traffic.requests[request].start : 0
            bins[pair, default: Array(repeating: 0.01, count: 256)][DelayTable.bin(delay)] += 1
            counts[pair, default: 0] += 1
        }
        for pair in Array(counts.keys) {
            let all = requests[pair.incoming, default: 1]
            counts[pair] = (counts[pair, default: 0] + all - 1) / all
        }
    }

    private static func bin(_ delay: UInt64) -> Int { min(Int(4 * log2(Double(delay + 1))), 255) }

    /// How many calls of an operation a request makes at most, about.
    func most(_ incoming: UInt64, _ outgoing: UInt64) -> Int {
        counts[Pair(incoming: incoming, outgoing: outgoing)] ?? 0
    }

    /// The density of a delay.
    func likelihood(_ incoming: UInt64, _ outgoing: UInt64, _ delay: UInt64) -> Double {
        let bin = DelayTable.bin(delay)
        return (bins[Pair(incoming: incoming, outgoing: outgoing)]?[bin] ?? 0) / pow(2, Double(bin) / 4)
    }
}
