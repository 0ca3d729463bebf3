internal import OTLP

/// By how much the clocks of two owners differ, as far as their calls and requests tell: where a request lies within the call
/// that led to it, the middles of both differ by little more than the clocks do. For each pair of owners the difference is
/// taken at which by far the most requests and calls nearby agree; where none stands out, clocks count as one.
struct ClockSkews {
    /// The largest difference that is looked for, ns, and how finely.
    private static let reach: Int64 = 2_000_000_000
    private static let step: Int64 = 500_000
    /// Among more owners there are too many pairs.
    private static let maximumOwners = 48
    /// Requests of an owner that are looked at, and calls for each.
    private static let samples = 512
    private static let nearby = 2048

    private var skews: [UInt64: Int64] = [:]
    /// The largest there is, ns, either way.
    private(set) var largest: UInt64 = 0

    init(_ spans: borrowing FileSpans) {
        guard spans.ownerCount > 1, spans.ownerCount <= ClockSkews.maximumOwners else { return }
        let bins = Int(2 * ClockSkews.reach / ClockSkews.step) + 1
        let owners = spans.ownerCount
        var requests = [Int](repeating: 0, count: owners)
        for place in 0..<spans.byStart.count {
            let span = spans.spans[Int(spans.byStart[place])]
            if span.kind == .server { requests[Int(span.owner)] += 1 }
        }
        for callee in 0..<owners {
            var votes = [[UInt16]](repeating: [], count: owners)
            var seen = 0
            // From all over the file.
            let stride = requests[callee] / ClockSkews.samples + 1
            for place in 0..<spans.byStart.count {
                let span = spans.spans[Int(spans.byStart[place])]
                guard span.kind == .server, Int(span.owner) == callee, !span.flags.contains(.isOpen) else { continue }
                seen += 1
                guard seen % stride == 0 else { continue }
                for direction in [-1, 1] {
                    ClockSkews.vote(span, from: place, direction, spans, &votes, bins)
                }
            }
            for caller in 0..<owners where !votes[caller].isEmpty {
                guard let skew = ClockSkews.peak(votes[caller]) else { continue }
                skews[UInt64(caller) << 32 | UInt64(callee)] = skew
                largest = max(largest, skew.magnitude)
            }
        }
    }

    /// How far the clock of one that is called is ahead of its caller's, ns.
    func skew(from caller: UInt32, to callee: UInt32) -> Int64 {
        skews.isEmpty ? 0 : skews[UInt64(caller) << 32 | UInt64(callee)] ?? 0
    }

    private static func vote(
        _ span: FileSpan, from place: Int, _ direction: Int, _ spans: borrowing FileSpans, _ votes: inout [[UInt16]],
        _ bins: Int
    ) {
        var (at, looked) = (place, 0)
        let length = span.end - span.start
        while true {
            at += direction
            guard at >= 0, at < spans.byStart.count, looked < nearby else { return }
            looked += 1
            let call = spans.spans[Int(spans.byStart[at])]
            guard call.kind == .client, call.owner != span.owner, !call.flags.contains(.isOpen),
                call.end - call.start >= length
            else { continue }
            // Twice the difference of the middles is exact.
            let double =
                Int64(truncatingIfNeeded: span.start &- call.start) &+ Int64(truncatingIfNeeded: span.end &- call.end)
            let difference = double / 2
            guard difference.magnitude <= reach.magnitude else {
                if Int64(truncatingIfNeeded: span.start &- call.start).magnitude > 4 * reach.magnitude { return }
                continue
            }
            if votes[Int(call.owner)].isEmpty {
                votes[Int(call.owner)] = [UInt16](repeating: 0, count: bins)
            }
            let bin = Int((difference + reach) / step)
            if votes[Int(call.owner)][bin] < .max { votes[Int(call.owner)][bin] += 1 }
        }
    }

    /// The difference that stands out; nil if none does, or it is as small as what is borne anyway.
    private static func peak(_ votes: [UInt16]) -> Int64? {
        var (best, count, total) = (0, 0, 0)
        for index in 1..<votes.count - 1 {
            let near = Int(votes[index - 1]) + Int(votes[index]) + Int(votes[index + 1])
            total += Int(votes[index])
            if near > count { (best, count) = (index, near) }
        }
        let average = Double(3 * total) / Double(votes.count)
        // Far more than chance would bring together anywhere.
        guard Double(count) > average + 8 * average.squareRoot() + 16 else { return nil }
        let skew = Int64(best) * step - reach
        return skew.magnitude > AcrossMatching.tolerance / 2 ? skew : nil
    }
}
