/// Requests that are decided together, and the calls that may have led to them.
struct CallBlock {
    /// Most requests, and calls of one that are weighed.
    static let maximum = 256
    static let maximumCalls = 12

    /// A call that may have led to a request.
    struct Candidate {
        var call: UInt32
        var pair: CallModels.Pair
        /// How likely that is; once the block is balanced, the probability.
        var weight: Double
        /// Whether the call may lead to several requests, as a message does.
        var isShared: Bool
    }

    /// A request.
    struct Row {
        var request: UInt32
        var candidates: [Candidate]
        /// How likely it is that none of them led to it; once the block is balanced, the probability.
        var alone: Double
        /// What told that these are the candidates.
        var method: UInt8
    }

    private(set) var rows: [Row] = []
    private var load: [UInt32: Double] = [:]

    /// Whether no more fit.
    var isFull: Bool { rows.count >= CallBlock.maximum }

    /// Adds a request.
    mutating func add(_ row: Row) { rows.append(row) }

    /// Forgets all.
    mutating func removeAll() { rows.removeAll(keepingCapacity: true) }

    /// Makes probabilities of likelihoods: each request has one cause, each call at most one request. Rows and columns are
    /// brought to their sums in turn (Sinkhorn and Knopp, 1967), which comes near to the shares in all ways of pairing.
    mutating func balance() {
        for _ in 0..<12 {
            load.removeAll(keepingCapacity: true)
            for index in rows.indices {
                var sum = rows[index].alone
                for candidate in rows[index].candidates { sum += candidate.weight }
                guard sum > 0 else { continue }
                rows[index].alone /= sum
                for place in rows[index].candidates.indices {
                    rows[index].candidates[place].weight /= sum
                    let candidate = rows[index].candidates[place]
                    if !candidate.isShared { load[candidate.call, default: 0] += candidate.weight }
                }
            }
            for index in rows.indices {
                for place in rows[index].candidates.indices {
                    guard let sum = load[rows[index].candidates[place].call], sum > 1 else { continue }
                    rows[index].candidates[place].weight /= sum
                }
            }
        }
    }
}
