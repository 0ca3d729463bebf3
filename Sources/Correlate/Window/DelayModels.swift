import Capture
internal import Glibc

/// Where in the life of a request something happens next: what happened last.
struct TimelineContext {
    enum Kind: UInt64 {
        case requestStart = 0
        case callStart
        case callEnd
        case requestEnd
    }

    var kind = Kind.requestStart
    /// The call's operation; 0 for the request's own ends.
    var operation: UInt64 = 0
    /// Calls begun so far, up to ``maximumCalls``.
    var calls: UInt64 = 0
    /// Whether a call is under way.
    var isWaiting = false

    static let maximumCalls: UInt64 = 7
}

/// What happens next in the life of a request.
struct TimelineStep {
    let code: UInt64

    /// A call of an operation begins.
    static func call(_ operation: UInt64) -> TimelineStep { TimelineStep(code: operation | 4) }
    /// The request ends.
    static let end = TimelineStep(code: 1)
    /// A call that is under way ends: when, is not up to the request.
    static let wait = TimelineStep(code: 2)
    /// Nothing any more.
    static let rest = TimelineStep(code: 3)

    /// How likely it is as long as nothing is known.
    func prior(in context: TimelineContext) -> Float {
        switch (code, context.kind) {
        case (2, _): context.isWaiting ? 0.8 : 0.01
        case (3, .requestEnd): 0.95
        case (_, .requestEnd): 0.01
        case (1, _): context.isWaiting ? 0.02 : 0.3
        default: context.isWaiting ? 0.15 : 0.3
        }
    }

    /// Whether the time that goes by before it tells something.
    var hasGap: Bool { code == 1 || code > 3 }
}

/// What was learned of how requests of each operation go on, and after which delays.
///
/// The life of a request is a semi-Markov chain: after each thing that happens (``TimelineContext``) comes a step
/// (``TimelineStep``) with some probability, after a gap that has a distribution of its own. So a call's delay counts from
/// what triggered it, how many calls of what kind a request makes is part of the model, and so is that it makes none, and
/// what follows a call tells as much as what preceded it. Each distribution leans on a coarser one as long as it has seen
/// little, that on a prior. Old counts are halved when new ones come, so that drift is followed; at first early, since
/// what is learned first is learned from guesses.
///
/// Both tables are of fixed size, sets of eight, of which the one unused for longest makes room.
struct DelayModels: ~Copyable {
    let contexts: WeightTable
    let transitions: WeightTable
    let bins: UnsafeMutablePointer<Float>
    private let scale: UnsafeMutablePointer<(prior: Float, inverseWidth: Float)>
    /// What was looked up since something was learned last.
    private struct Known {
        var code: UInt64 = 0
        var clock: UInt32 = 0
        var coarse: Int32 = -1
        var fine: Int32 = -1
        var probability: Float = 0
        var logProbability: Float = 0
    }

    private static let knownCount = 1024
    private let known: UnsafeMutablePointer<Known>
    /// Learning steps so far.
    var clock: UInt32 = 1
    /// Models that made room for others.
    var evictions: UInt64 = 0

    /// How many observations the coarser distribution is worth.
    private static let lean: Float = 3
    /// The share of the prior that stays in every distribution of gaps: nothing is impossible.
    private static let floor: Float = 0.004

    init(capacity: Int = 8192) {
        contexts = WeightTable(capacity: capacity)
        transitions = WeightTable(capacity: capacity)
        bins = .allocate(capacity: transitions.capacity * GapScale.count)
        known = .allocate(capacity: DelayModels.knownCount)
        known.initialize(repeating: Known(), count: DelayModels.knownCount)
        scale = .allocate(capacity: GapScale.count)
        for bin in 0..<GapScale.count {
            (scale + bin).initialize(to: (GapScale.prior(bin), 1 / GapScale.width(bin)))
        }
    }

    deinit {
        bins.deallocate()
        scale.deallocate()
        known.deallocate()
        contexts.deallocate()
        transitions.deallocate()
    }

    private static func coarse(_ operation: UInt64, _ context: TimelineContext) -> UInt64 {
        Mixer.mix(
            operation &* 0x9E37_79B9_7F4A_7C15 ^ context.operation &* 0xD6E8_FEB8_6659_FD93
                ^ context.kind.rawValue << 1 ^ (context.isWaiting ? 1 : 0))
    }

    private static func fine(_ coarse: UInt64, _ context: TimelineContext) -> UInt64 {
        Mixer.mix(coarse &+ (context.calls &+ 1) &* 0xA076_1D64_78BD_642F)
    }

    private static func transition(_ context: UInt64, _ step: TimelineStep) -> UInt64 {
        Mixer.mix(context ^ step.code &* 0xE703_7ED1_A0B4_28DB) | 1
    }

    /// The natural logarithm of the density, per ns, of a step after a gap in ns; of its probability where the gap tells
    /// nothing.
    func logLikelihood(
        of step: TimelineStep, after gap: Int64, in context: TimelineContext, of operation: UInt64
    ) -> Float {
        let model = model(of: step, in: context, of: operation)
        let probability = model.probability
        guard step.hasGap else { return model.logProbability }
        let (coarseStep, fineStep) = (Int(model.coarse), Int(model.fine))
        let lean = DelayModels.lean
        let bin = GapScale.bin(gap)
        let (prior, inverseWidth) = scale[bin]
        var density = prior
        if coarseStep >= 0 {
            density =
                (bins[coarseStep * GapScale.count + bin] + lean * density)
                / (transitions.entries[coarseStep].gaps + lean)
        }
        if fineStep >= 0 {
            density =
                (bins[fineStep * GapScale.count + bin] + lean * density) / (transitions.entries[fineStep].gaps + lean)
        }
        density += DelayModels.floor * (prior - density)
        return logf(probability * density * inverseWidth)
    }

    /// What is known of a step in a context, all but its gaps. Looked up once for as long as nothing new is learned.
    private func model(
        of step: TimelineStep, in context: TimelineContext, of operation: UInt64
    ) -> Known {
        let coarseKey = DelayModels.coarse(operation, context)
        let code = coarseKey ^ step.code &* 0xE703_7ED1_A0B4_28DB &+ (context.calls &+ 1) &* 0xA076_1D64_78BD_642F
        let place = Int(truncatingIfNeeded: code >> 32 ^ code >> 8) & (DelayModels.knownCount - 1)
        if known[place].code == code, known[place].clock == clock { return known[place] }
        let fineKey = DelayModels.fine(coarseKey, context)
        let coarse = contexts.find(coarseKey | 1)
        let fine = contexts.find(fineKey | 1)
        let coarseStep = coarse < 0 ? -1 : transitions.find(DelayModels.transition(coarseKey, step))
        let fineStep = fine < 0 ? -1 : transitions.find(DelayModels.transition(fineKey, step))
        let lean = DelayModels.lean
        var probability = step.prior(in: context)
        if coarse >= 0 {
            let seen = coarseStep < 0 ? 0 : transitions.count(coarseStep, in: contexts, coarse)
            probability = (seen + lean * probability) / (contexts.entries[coarse].total + lean)
        }
        if fine >= 0 {
            let seen = fineStep < 0 ? 0 : transitions.count(fineStep, in: contexts, fine)
            probability = (seen + lean * probability) / (contexts.entries[fine].total + lean)
        }
        known[place] = Known(
            code: code, clock: clock, coarse: Int32(coarseStep), fine: Int32(fineStep), probability: probability,
            logProbability: logf(probability))
        return known[place]
    }

    /// Learns that a step was taken.
    ///
    /// - Parameter weight: how sure that is, 0...1.
    mutating func learn(
        _ step: TimelineStep, after gap: Int64, in context: TimelineContext, of operation: UInt64, weight: Float,
        gapWeight: Float
    ) {
        clock &+= 1
        let coarseKey = DelayModels.coarse(operation, context)
        learn(step, gap, context: coarseKey, weight, gapWeight)
        learn(step, gap, context: DelayModels.fine(coarseKey, context), weight, gapWeight)
    }

    private mutating func learn(
        _ step: TimelineStep, _ gap: Int64, context key: UInt64, _ weight: Float, _ gapWeight: Float
    ) {
        let (context, _) = contexts.make(key | 1, clock, &evictions)
        contexts.entries[context].add(weight)
        let (transition, isNew) = transitions.make(DelayModels.transition(key, step), clock, &evictions)
        let own = bins + transition * GapScale.count
        if isNew { own.initialize(repeating: 0, count: GapScale.count) }
        transitions.settle(transition, in: contexts, context)
        transitions.entries[transition].total += weight
        guard step.hasGap, gapWeight > 0 else { return }
        if transitions.entries[transition].addGap(gapWeight) {
            for bin in 0..<GapScale.count { own[bin] *= 0.5 }
        }
        let bin = GapScale.bin(gap)
        own[bin] += 0.5 * gapWeight
        own[max(bin - 1, 0)] += 0.25 * gapWeight
        own[min(bin + 1, GapScale.count - 1)] += 0.25 * gapWeight
    }
}
