/// Puts traces together from spans that come in any order, and says when one is finished. A value without I/O; time is
/// a parameter, ns.
struct TraceAssembly {
    private struct Trace {
        var spans: [HeldSpan] = []
        var seen: Set<UInt64> = []
        /// Parents that were named and have not come.
        var missing: Set<UInt64> = []
        var hasRoot = false
        var lastArrival: UInt64 = 0

        var isComplete: Bool { hasRoot && missing.isEmpty }

        mutating func add(_ span: HeldSpan, now: UInt64) {
            spans.append(span)
            seen.insert(span.spanID)
            missing.remove(span.spanID)
            if span.parentSpanID == 0 {
                hasRoot = true
            } else if !seen.contains(span.parentSpanID) {
                missing.insert(span.parentSpanID)
            }
            lastArrival = now
        }
    }

    private let settings: DebugSettings
    private var traces: [TraceID: Trace] = [:]
    private var spans = 0

    /// Nothing yet.
    init(_ settings: DebugSettings) { self.settings = settings }

    /// When the next trace is finished if nothing more comes.
    var nextDue: UInt64? { traces.values.lazy.map(due).min() }

    /// Takes a span.
    /// - Returns: how many spans were evicted to make room.
    mutating func add(_ span: HeldSpan, now: UInt64) -> Int {
        traces[span.traceID, default: Trace()].add(span, now: now)
        spans += 1
        var evicted = 0
        while spans > max(settings.maxSpans, 1) || traces.count > max(settings.maxTraces, 1) {
            guard let oldest = traces.min(by: { $0.value.lastArrival < $1.value.lastArrival }) else { break }
            evicted += remove(oldest.key).count
        }
        return evicted
    }

    /// The spans of the traces that are finished, those that began first coming first.
    mutating func finished(now: UInt64) -> [[HeldSpan]] { remove { $0 <= now } }

    /// The spans of all traces.
    mutating func drain() -> [[HeldSpan]] { remove { _ in true } }

    private mutating func remove(where isDue: (UInt64) -> Bool) -> [[HeldSpan]] {
        let keys = traces.filter { isDue(due($0.value)) }.map(\.key)
        return keys.map { remove($0) }.sorted { $0.startOfTrace < $1.startOfTrace }
    }

    private mutating func remove(_ id: TraceID) -> [HeldSpan] {
        let removed = traces.removeValue(forKey: id)?.spans ?? []
        spans -= removed.count
        return removed
    }

    private func due(_ trace: Trace) -> UInt64 {
        trace.lastArrival
            &+ (trace.isComplete ? settings.quietNanoseconds : settings.incompleteQuietNanoseconds)
    }
}

extension [HeldSpan] {
    /// When the first of them began.
    var startOfTrace: UInt64 { lazy.map(\.start).min() ?? 0 }
}
