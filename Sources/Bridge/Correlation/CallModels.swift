/// What was learned of which calls lead to which requests: how often, how long after the call begins the request does, and
/// how long before it ends.
struct CallModels {
    private struct Model {
        var before = GapHistogram()
        var after = GapHistogram()
    }

    /// A call that may have led to a request.
    struct Pair {
        /// Which operation, by whom, asks which operation of whom.
        var key: UInt64
        /// The request's operation alone.
        var request: UInt64
        /// From the call's beginning to the request's, ns.
        var before: Int64
        /// From the request's end to the call's, ns; nil where the call does not wait for it.
        var after: Int64?
        /// How long the call lasts, or, where it does not wait, how long it may take until it has led to something, ns.
        var lasting: Double
    }

    /// Most pairs of operations; of others only what they have in common with all is known.
    private static let maximum = 32_768
    /// So much of what is common to all counts as being known of a pair from the beginning.
    private static let prior = 6.0

    private var places: [UInt64: Int] = [:]
    private var models: [Model] = []
    private var common = Model()
    /// Requests of an operation, and those of them without a call.
    private var requests: [UInt64: (all: Double, alone: Double)] = [:]
    /// Whether anything was learned.
    private var isEmpty = true

    /// Takes in that a request has so many chances to be without a call, 0...1.
    mutating func learn(request: UInt64, alone: Double) {
        guard requests.count < CallModels.maximum || requests[request] != nil else { return }
        requests[request, default: (0, 0)].all += 1
        requests[request, default: (0, 0)].alone += alone
    }

    /// Takes in that a call has so many chances to have led to a request, 0...1.
    mutating func learn(_ pair: Pair, weight: Double) {
        guard weight > 0.001 else { return }
        isEmpty = false
        let weight = Float(weight)
        common.before.add(pair.before, weight: weight)
        if let after = pair.after { common.after.add(after, weight: weight) }
        let place: Int
        if let known = places[pair.key] {
            place = known
        } else {
            guard models.count < CallModels.maximum else { return }
            place = models.count
            places[pair.key] = place
            models.append(Model())
        }
        models[place].before.add(pair.before, weight: weight)
        if let after = pair.after { models[place].after.add(after, weight: weight) }
    }

    /// How much likelier it is to see a call at such times if it led to a request than if it is there by chance, where so
    /// many calls of its operation are under way.
    func odds(of pair: Pair, among calls: Int) -> Double {
        guard !isEmpty else { return 1 }
        let place = places[pair.key]
        let seen = place.map { Double(models[$0].before.total) } ?? 0
        let all = requests[pair.request]?.all ?? 0
        // How many of such requests come by such calls; what was never seen may still be.
        var odds = (seen + 0.5) / (all + 1)
        let own = seen / (seen + CallModels.prior)
        func density(_ gap: Int64, _ histogram: KeyPath<Model, GapHistogram>) -> Double {
            let general = common[keyPath: histogram].density(gap)
            guard let place else { return general }
            return own * models[place][keyPath: histogram].density(gap) + (1 - own) * general
        }
        odds *= density(pair.before, \.before)
        if let after = pair.after { odds *= density(after, \.after) }
        // Calls that have nothing to do with it begin at any time (as many as are under way, in what one lasts), and last
        // for any.
        let lasting = max(pair.lasting, 1000)
        return odds * (pair.after == nil ? lasting : lasting * lasting) / Double(max(calls, 1))
    }

    /// How likely it is that a request has none of the calls, before it is known when they were.
    func alone(_ request: UInt64) -> Double {
        let share = requests[request].map { ($0.alone + 0.5) / ($0.all + 1) } ?? 0.1
        return isEmpty ? 0.1 : min(max(share, 0.005), 0.9)
    }
}
