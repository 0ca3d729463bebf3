/// Whose `thread.id` tells on whose behalf a call is made: where a thread handles one request at a time and makes its calls
/// itself. Where an event loop handles many, or a pool's threads take up what others read, it tells nothing, and less than
/// nothing where it seems to; both show in the spans themselves.
struct ThreadTrust {
    /// What was seen of an owner's threads.
    private struct Seen {
        var requests: UInt64 = 0
        /// Requests that began on a thread before its last one was over.
        var overlaps: UInt64 = 0
        var calls: UInt64 = 0
        /// Calls that lie within the request that their thread handles.
        var inside: UInt64 = 0

        var isTelling: Bool { requests > 0 && overlaps * 20 <= requests && inside * 2 >= calls }
    }

    /// Threads that are remembered at most.
    private static let maximumThreads = 1 << 20

    private var telling: [Bool]

    init(_ spans: borrowing FileSpans) {
        var seen = [Seen](repeating: Seen(), count: spans.ownerCount)
        var busyUntil: [UInt64: UInt64] = [:]
        for place in 0..<spans.byStart.count {
            let span = spans.spans[Int(spans.byStart[place])]
            guard span.thread != 0 else { continue }
            let owner = Int(span.owner)
            let thread = UInt64(span.owner) << 32 | UInt64(span.thread)
            let until = busyUntil[thread] ?? 0
            if span.isRequest {
                seen[owner].requests += 1
                if span.start < until { seen[owner].overlaps += 1 }
                if busyUntil.count >= ThreadTrust.maximumThreads { busyUntil.removeAll(keepingCapacity: true) }
                busyUntil[thread] = max(until, span.end)
            } else if span.isCall {
                seen[owner].calls += 1
                if span.end <= until { seen[owner].inside += 1 }
            }
        }
        telling = seen.map(\.isTelling)
    }

    /// The thread of a span, if it tells anything; else 0.
    func thread(of span: FileSpan) -> UInt32 { telling[Int(span.owner)] ? span.thread : 0 }
}
