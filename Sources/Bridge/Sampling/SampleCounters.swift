/// What sampling counted since it began, in spans and in traces; grows only, but for ``heldSpans``, ``heldBytes`` and
/// ``openTraces``. Spans of ours that were sampled out: ``out`` of ``StageCounters``'s conservation.
struct SampleCounters: Sendable, Equatable {
    /// Spans of ours that were left out, by why their trace was.
    var out = SampledOut()
    /// Spans of SDKs that were left out.
    var receivedOut = SampledOut()
    /// Spans of SDKs that were held and kept, and that no exporter had room for then.
    var receivedRefused: UInt64 = 0
    /// Traces that were kept by a rule which would have been left out otherwise, by the rule.
    var keptByRule = KeptByRule()
    /// Traces that were held and left out in the end, by what ended the waiting.
    var ended = HoldEndings()
    /// Traces of which it was forgotten what had been decided, to make room.
    var forgotten: UInt64 = 0
    /// Traces that were counted as of one operation with others, since there were too many operations.
    var overflowed: UInt64 = 0
    /// Spans that are held now, of ours and of SDKs.
    var heldSpans: UInt64 = 0
    /// Bytes that they take.
    var heldBytes: UInt64 = 0
    /// Traces that are undecided now.
    var openTraces: UInt64 = 0
}

/// Why a trace was left out.
enum SampledOutReason: Sendable {
    /// Its randomness lies below the threshold of the ratio.
    case ratio
    /// Its operation had its share.
    case rateLimit
}

/// Spans that were left out, by why.
struct SampledOut: Sendable, Equatable {
    var ratio: UInt64 = 0
    var rateLimit: UInt64 = 0

    /// All of them.
    var total: UInt64 { ratio + rateLimit }

    mutating func add(_ count: Int, _ reason: SampledOutReason) {
        switch reason {
        case .ratio: ratio += UInt64(count)
        case .rateLimit: rateLimit += UInt64(count)
        }
    }
}

/// Traces that a rule kept, by the first that held.
struct KeptByRule: Sendable, Equatable {
    var error: UInt64 = 0
    var slow: UInt64 = 0
    var attribute: UInt64 = 0
    var header: UInt64 = 0
    /// By a context's or an SDK's decision that came after the trace was held.
    var context: UInt64 = 0

    mutating func add(_ reason: KeepReason) {
        switch reason {
        case .error: error += 1
        case .slow: slow += 1
        case .attribute: attribute += 1
        case .header: header += 1
        case .context: context += 1
        }
    }
}

/// Why a trace is kept whatever probability and rate say.
enum KeepReason: Sendable {
    case error, slow, attribute, header, context
}

/// What ended the waiting for a trace that no rule kept.
struct HoldEndings: Sendable, Equatable {
    /// Its root is over, and what came with it.
    var rootEnded: UInt64 = 0
    /// Its time was over.
    var waited: UInt64 = 0
    /// Too much was held: the oldest make room.
    var crowdedOut: UInt64 = 0
    /// The end of the run.
    var finished: UInt64 = 0
}
