internal import Capture
internal import OTLP

/// Spans of ours that wait whether an SDK has made one of the same, by trace: a trace is decided as a whole, so that what
/// hangs from a span that is left out can be hung from the SDK's instead. Bounded.
struct TwinWait: Sendable {
    /// How long a trace is waited for after its last span, and how many times as long after its first at most.
    var wait: UInt64
    private static let mostWaits: UInt64 = 3

    private var held: HeldSpans<TraceID>
    private var due = ExpiryQueue<TraceID>()
    private var times: [TraceID: (first: UInt64, last: UInt64)] = [:]

    /// - Parameters:
    ///   - wait: ns.
    ///   - maximum: most spans that wait.
    init(wait: UInt64, maximum: Int) {
        self.wait = wait
        held = HeldSpans(maximum: maximum)
    }

    /// How many wait.
    var count: Int { held.count }

    /// Whether there is room for one more.
    var hasRoom: Bool { held.hasRoom }

    /// Holds a span.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func append(_ entry: WaitingExchanges.Entry, fields: borrowing FieldBuffer, now: UInt64) {
        let trace = entry.place.traceID
        held.append(entry, fields: fields, under: trace)
        if let known = times[trace] {
            times[trace] = (known.first, now)
        } else {
            times[trace] = (now, now)
            due.append(trace, at: now &+ wait)
        }
    }

    /// Moves the spans of the next trace that has been waited for long enough.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC; .max takes the one that has waited for longest.
    /// - Returns: false when there is none.
    mutating func release(now: UInt64, into released: inout WaitingExchanges) -> Bool {
        while let trace = due.popFirst(before: now) {
            guard let known = times[trace] else { continue }
            let end = min(known.last &+ wait, known.first &+ wait &* Self.mostWaits)
            if now != .max, end >= now {
                due.append(trace, at: end)
                continue
            }
            times[trace] = nil
            held.release(trace, into: &released)
            return true
        }
        return false
    }
}
