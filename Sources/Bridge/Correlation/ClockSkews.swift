internal import OTLP

/// By how much the clocks of two owners differ, as far as their calls and requests tell: where a request lies within the call
/// that led to it, the middles of both differ by little more than the clocks do. For each pair of owners the difference is
/// taken at which by far more requests and calls nearby agree than at differences a little smaller or larger: in a short or
/// busy file many agree by chance, anywhere. Where none stands out, clocks count as one; so they do where most of those that
/// agree lie within one another as they are: a request may end long before its caller has read the answer.
struct ClockSkews {
    /// The largest difference that is looked for, ns, and how finely.
    private static let reach: Int64 = 2_000_000_000
    private static let step: Int64 = 500_000
    /// How many steps either way tell how many agree by chance.
    private static let around = 16
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
            var votes = [[Votes]](repeating: [], count: owners)
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
        _ span: FileSpan, from place: Int, _ direction: Int, _ spans: borrowing FileSpans, _ votes: inout [[Votes]],
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
                votes[Int(call.owner)] = [Votes](repeating: Votes(), count: bins)
            }
            let slack = (call.end - call.start - length) / 2
            votes[Int(call.owner)][Int((difference + reach) / step)].add(isWithin: difference.magnitude <= slack)
        }
    }

    /// The difference that stands out; nil if none does, none is needed, or it is as small as what is borne anyway.
    private static func peak(_ votes: [Votes]) -> Int64? {
        var (best, excess) = (0, 0.0)
        // How many there are before each bin.
        var sums = [0]
        for bin in votes { sums.append(sums[sums.count - 1] + Int(bin.all)) }
        // How many three bins of a side have on average.
        func chance(_ side: Range<Int>) -> Double {
            side.isEmpty ? 0 : 3 * Double(sums[side.upperBound] - sums[side.lowerBound]) / Double(side.count)
        }
        for index in 1..<votes.count - 1 {
            let near = sums[index + 2] - sums[index - 1]
            let below = max(index - 1 - around, 0)..<index - 1
            let above = index + 2..<min(index + 2 + around, votes.count)
            // The side with more: where no more calls are looked at, that is the only one.
            let expected = max(chance(below), chance(above))
            // Far more than chance would bring together.
            let more = Double(near) - (expected + 8 * expected.squareRoot() + 16)
            if more > excess { (best, excess) = (index, more) }
        }
        let skew = Int64(best) * step - reach
        guard excess > 0, skew.magnitude > AcrossMatching.tolerance / 2 else { return nil }
        let (all, within) = (best - 1...best + 1).reduce((0, 0)) {
            ($0.0 + Int(votes[$1].all), $0.1 + Int(votes[$1].within))
        }
        return 2 * within > all ? nil : skew
    }
}

/// Pairs of a call and a request whose middles differ by some step.
private struct Votes {
    /// How many there are, up to 65,535.
    var all: UInt16 = 0
    /// In how many of them the request lies within the call, were the two clocks one.
    var within: UInt16 = 0

    mutating func add(isWithin: Bool) {
        guard all < .max else { return }
        all += 1
        if isWithin { within += 1 }
    }
}
