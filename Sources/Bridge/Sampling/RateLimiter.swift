/// Shares a number of traces a second among operations so that a busy one does not drown a rare one: what all together
/// may have is poured over them like water over vessels, each takes what it needs up to one level for all (max-min
/// fairness), and each is sampled with the probability that brings it there. The probabilities of a second come from what
/// was offered before it; within a second they are halved step by step where that turns out to be too much, so that a
/// sudden burst costs about twice the limit once, and no trace is judged by anything but its own randomness.
///
/// A value without I/O; time is given. Bounded: beyond ``maximumOperations`` all others count as one.
struct RateLimiter: Sendable {
    /// Most operations that are told apart.
    static let maximumOperations = 1024
    /// The length of a second, ns.
    static let second: UInt64 = 1_000_000_000
    /// An operation that was offered less, traces a second, is forgotten.
    private static let negligible = 0.01

    private struct Operation {
        let key: UInt64
        /// Traces a second that were offered of late: those of the last second, or what is left of more by halves.
        var rate = 0.0
        /// Traces of this second.
        var offered = 0.0
        var share: Share
    }

    /// What somebody may have in a second.
    private struct Share {
        /// With which probability a trace is kept.
        var probability: Double
        /// Traces that were kept in this second.
        var kept = 0.0
        /// At how many the probability is halved, and how many more may follow then.
        var limit: Double
        var step: Double

        /// - Parameter most: traces that are expected at most.
        init(probability: Double, most: Double) {
            self.probability = probability
            // Three standard deviations of a count: chance alone is no burst.
            limit = most + 3 * most.squareRoot() + 1
            step = most / 2
        }

        mutating func keep() {
            kept += 1
            guard kept > limit else { return }
            probability /= 2
            limit = kept + max(step, 1)
            step /= 2
        }
    }

    private let limit: Double
    private var operations: [Operation] = []
    private var places: [UInt64: Int] = [:]
    private var total: Share
    /// What an operation that was not there in the last second may have.
    private var newcomers: Double
    private var began: UInt64 = 0
    /// Traces that were counted as of one operation with others, since there were too many.
    private(set) var overflowed: UInt64 = 0

    /// - Parameter limit: traces a second, above 0.
    init(limit: Double) {
        self.limit = limit
        newcomers = limit
        total = Share(probability: 1, most: limit)
    }

    /// How many operations are told apart now.
    var operationCount: Int { operations.count }

    /// Takes in a trace and says with which probability such a one is kept now.
    ///
    /// - Parameters:
    ///   - key: ``OperationKey``.
    ///   - now: ns.
    mutating func offer(_ key: UInt64, now: UInt64) -> Double {
        if began == 0 { began = now }
        if now >= began, now - began >= Self.second { turn(now) }
        let place = place(of: key)
        operations[place].offered += 1
        let share = operations[place].share
        // Whoever stays below an equal part of the limit is not at fault for a burst of others.
        let isModest = share.kept + 1 <= limit / Double(operations.count)
        return isModest ? share.probability : share.probability * total.probability
    }

    /// Takes in that a trace which was just offered was kept.
    mutating func keep(_ key: UInt64) {
        guard let place = places[key] ?? places[0] else { return }
        operations[place].share.keep()
        total.keep()
    }

    private mutating func place(of key: UInt64) -> Int {
        if let place = places[key] { return place }
        var key = key
        if operations.count >= Self.maximumOperations {
            overflowed += 1
            key = 0
            if let place = places[0] { return place }
        }
        places[key] = operations.count
        operations.append(Operation(key: key, share: Share(probability: 1, most: newcomers)))
        return operations.count - 1
    }

    /// A new second: what was offered says what may be kept.
    private mutating func turn(_ now: UInt64) {
        let seconds = (now - began) / Self.second
        began += seconds * Self.second
        // Of several seconds without a word only the first had anything.
        let fading = seconds > 60 ? 0 : 1 / Double(UInt64(1) << min(seconds, 60))
        let isFresh = seconds == 1
        for index in operations.indices {
            let offered = operations[index].offered
            operations[index].rate = max(isFresh ? offered : offered * fading, operations[index].rate * fading)
            operations[index].offered = 0
        }
        operations.removeAll { $0.rate < Self.negligible }
        places.removeAll(keepingCapacity: true)
        for (index, operation) in operations.enumerated() { places[operation.key] = index }
        let (level, left) = level()
        newcomers = max(level ?? left, min(limit, 1))
        for index in operations.indices {
            let rate = operations[index].rate
            let probability = level.map { min(1, $0 / rate) } ?? 1
            operations[index].share = Share(probability: probability, most: min(limit, level ?? rate + left))
        }
        total = Share(probability: 1, most: limit)
    }

    /// How much each may have so that all together have the limit; nil, and what is left over, when all may have all.
    private func level() -> (level: Double?, left: Double) {
        var left = limit
        let rates = operations.map(\.rate).sorted()
        for (index, rate) in rates.enumerated() {
            let share = left / Double(rates.count - index)
            guard rate <= share else { return (share, 0) }
            left -= rate
        }
        return (nil, left)
    }
}
