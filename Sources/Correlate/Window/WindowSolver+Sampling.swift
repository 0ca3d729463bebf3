internal import Glibc

/// Drawing assignments of calls to requests: proposals that are accepted by how much likelier, or not, they make the
/// whole (Metropolis and Hastings). What a proposal says of where a call belongs counts whether it is accepted or not.
extension WindowSolver {
    /// Looks at a call once: proposes that it moves, that it changes places with another, and that its request and
    /// another change lives from there on.
    mutating func visit(_ call: UInt32) {
        guard calls[Int(call)].candidates > 0 else {
            calls[Int(call)].noneMass += 1
            return
        }
        weigh(call)
        // Where nothing else is likely, looking for it is mostly in vain.
        if isAtHome(call), random.next() & (calls[Int(call)].candidates > 1 ? 3 : 15) != 0 {
            count(call, currentIndex(of: call), 1)
            return
        }
        move(call)
        for _ in 0..<tuning.crossings {
            let current = calls[Int(call)].request
            if current == .max {
                displace(call)
            } else if requests[Int(current)].calls < WindowTuning.longLife {
                cross(call)
            }
        }
    }

    /// Puts down how likely a call looks with each of its candidates by what they did last before it, as they stand: as
    /// logarithms. Gives the greatest of them, that of none included.
    private func compare(_ call: UInt32) -> Float {
        var best = calls[Int(call)].noneScore
        for index in 0..<Int(calls[Int(call)].candidates) {
            let candidate = candidates[place(call, index)]
            affinities[index] =
                isCurrent(candidate) ? affinity(of: call, with: candidate.request) + candidate.prior : -.infinity
            best = max(best, affinities[index])
        }
        return best
    }

    /// How likely a call looks with each of its candidates: what proposals are drawn by.
    private mutating func weigh(_ call: UInt32) {
        let count = Int(calls[Int(call)].candidates)
        let none = calls[Int(call)].noneScore
        let best = compare(call)
        for index in 0..<count {
            // None is quite impossible, since where a request stands at the moment may be wrong.
            affinities[index] =
                affinities[index] == -.infinity ? 0 : expf((affinities[index] - best) * 0.7) + tuning.leastAffinity
        }
        affinities[count] = expf((none - best) * 0.7) + tuning.leastAffinity
    }

    /// The share that a place has of how likely a call looks with each of its candidates, none included, as they stand.
    func affinityShare(of call: UInt32, with request: UInt32) -> Float {
        let count = Int(calls[Int(call)].candidates)
        let none = calls[Int(call)].noneScore
        let best = compare(call)
        var total = expf(none - best)
        var own = request == .max ? total : 0
        for index in 0..<count {
            let share = expf(affinities[index] - best)
            total += share
            if candidates[place(call, index)].request == request { own += share }
        }
        return own / total
    }

    /// Whether a call stands where it looks by far the likeliest.
    private func isAtHome(_ call: UInt32) -> Bool {
        let count = Int(calls[Int(call)].candidates)
        var total: Float = 0
        for index in 0...count { total += affinities[index] }
        return affinities[currentIndex(of: call)] > tuning.home * total
    }

    /// How likely a call is to follow what its request, or another, did last before it, or before the undecided call of
    /// the same operation that would have to leave.
    func affinity(of call: UInt32, with request: UInt32) -> Float {
        let start = Timeline.callStart(call)
        let time = timeline[start].time
        let operation = calls[Int(call)].operation
        var node: UInt32
        var begun = requests[Int(request)].calls
        var partner: (node: UInt32, begun: UInt32)?
        if calls[Int(call)].request == request {
            node = timeline[start].previous
            begun = 0
            var earlier = node
            while earlier & 3 != 0, UInt64(begun) < TimelineContext.maximumCalls {
                if earlier & 3 == 2 { begun &+= 1 }
                earlier = timeline[earlier].previous
            }
        } else {
            node = requests[Int(request)].last
            var looked = 0
            while node & 3 != 0, timeline[node].time > time, looked < WindowTuning.reach {
                looked += 1
                if node & 3 == 2 {
                    begun &-= 1
                    if isUndecided(node, of: operation) { partner = (timeline[node].previous, begun) }
                }
                node = timeline[node].previous
            }
            var (earlier, left, steps) = (node, begun, 0)
            while partner == nil, earlier & 3 != 0, steps < 6 {
                if earlier & 3 == 2 {
                    left &-= 1
                    if isUndecided(earlier, of: operation) { partner = (timeline[earlier].previous, left) }
                }
                earlier = timeline[earlier].previous
                steps += 1
            }
        }
        var best = following(node, begun, call, request)
        if let partner, timeline[partner.node].time <= time {
            best = max(best, following(partner.node, partner.begun, call, request))
        }
        return best
    }

    private func isUndecided(_ node: UInt32, of operation: UInt64) -> Bool {
        let call = calls[Int(Timeline.tag(node))]
        return call.operation == operation && !call.flags.contains(.decided)
    }

    /// How likely a call is to follow what happened in the life of a request, after so many calls.
    private func following(_ node: UInt32, _ begun: UInt32, _ call: UInt32, _ request: UInt32) -> Float {
        var context = TimelineContext()
        context.calls = min(UInt64(begun), TimelineContext.maximumCalls)
        context.operation = operation(of: node)
        switch node & 3 {
        case 0: context.kind = .requestStart
        case 1: context.kind = .requestEnd
        case 2:
            context.kind = .callStart
            context.isWaiting = true
        default: context.kind = .callEnd
        }
        let gap = Int64(bitPattern: timeline[Timeline.callStart(call)].time &- timeline[node].time)
        return models.logLikelihood(
            of: .call(calls[Int(call)].operation), after: gap, in: context, of: requests[Int(request)].operation)
    }

    /// Draws another place than the current for a call by affinity; its index, the number of candidates for none.
    /// With it the logarithm of how much likelier the way back would be proposed.
    private mutating func proposal(from current: Int, count: Int) -> (index: Int, odds: Float)? {
        var total: Float = 0
        for index in 0..<count where index != current { total += affinities[index] }
        guard total > 0 else { return nil }
        var left = random.unit() * total
        var chosen = -1
        for index in 0..<count where index != current && affinities[index] > 0 {
            chosen = index
            left -= affinities[index]
            if left < 0 { break }
        }
        guard chosen >= 0 else { return nil }
        let back = total - affinities[chosen] + affinities[current]
        return (chosen, logf(affinities[current] / back) - logf(affinities[chosen] / total))
    }

    /// Where a call is among its candidates; their number for none.
    private func currentIndex(of call: UInt32) -> Int {
        let current = calls[Int(call)].request
        let count = Int(calls[Int(call)].candidates)
        guard current != .max else { return count }
        for index in 0..<count where candidates[place(call, index)].request == current { return index }
        return count
    }

    private mutating func count(_ call: UInt32, _ index: Int, _ share: Float) {
        if index == Int(calls[Int(call)].candidates) {
            calls[Int(call)].noneMass += share
        } else {
            candidates[place(call, index)].mass += share
        }
    }

    /// Proposes another place for a call.
    private mutating func move(_ call: UInt32) {
        let current = currentIndex(of: call)
        let count = Int(calls[Int(call)].candidates)
        guard let (chosen, correction) = proposal(from: current, count: count + 1) else {
            self.count(call, current, 1)
            return
        }
        var odds = correction
        var old = Float.nan
        if current < count {
            // Of a long life nothing but the neighbours of a call is looked at, neither here nor below.
            let request = calls[Int(call)].request
            if requests[Int(request)].calls <= WindowTuning.longLife { old = score(of: request) }
            odds -= takeOut(call) + candidates[place(call, current)].prior
        } else {
            odds -= calls[Int(call)].noneScore
        }
        var new = Float.nan
        if chosen < count {
            let (gain, score) = gain(of: call, in: candidates[place(call, chosen)].request)
            odds += gain + candidates[place(call, chosen)].prior
            new = score
        } else {
            odds += calls[Int(call)].noneScore
        }
        let share = min(1, expf(odds))
        self.count(call, current, 1 - share)
        self.count(call, chosen, share)
        let isTaken = random.unit() < share
        let index = isTaken ? chosen : current
        guard index < count else { return }
        let request = candidates[place(call, index)].request
        link(call, request)
        remember(isTaken ? new : old, of: request)
    }

    private func prior(_ call: UInt32, _ request: UInt32) -> Float? {
        candidateIndex(of: request, for: call).map { candidates[place(call, $0)].prior }
    }

    /// Counts what a proposal says of where a call belongs.
    private mutating func note(_ call: UInt32, from one: UInt32, to other: UInt32, _ share: Float) {
        if let index = candidateIndex(of: one, for: call) { candidates[place(call, index)].mass += 1 - share }
        if let index = candidateIndex(of: other, for: call) { candidates[place(call, index)].mass += share }
    }

    /// Proposes that two requests change the next calls, or all from there on.
    private mutating func cross(_ call: UInt32) {
        let count = Int(calls[Int(call)].candidates)
        let current = currentIndex(of: call)
        guard current < count, let (chosen, correction) = proposal(from: current, count: count) else { return }
        let one = calls[Int(call)].request
        let other = candidates[place(call, chosen)].request
        guard requests[Int(other)].calls < WindowTuning.longLife else { return }
        let most = [1, 1, 2, Int.max][Int(random.next() & 3)]
        moving.removeAll(keepingCapacity: true)
        var odds = correction
        guard collect(from: one, to: other, since: Timeline.callStart(call), most, &odds) else { return }
        if let partner = partner(of: call, in: other) {
            guard collect(from: other, to: one, since: partner, most, &odds) else { return }
        }
        let before = score(of: one) + score(of: other)
        exchangeAll(one, other)
        let (oneScore, otherScore) = (likelihood(of: one), likelihood(of: other))
        odds += oneScore + otherScore - before
        let share = min(1, expf(odds))
        for moved in moving {
            let now = calls[Int(moved)].request
            note(moved, from: now == one ? other : one, to: now, share)
        }
        if random.unit() < share {
            remember(oneScore, of: one)
            remember(otherScore, of: other)
        } else {
            exchangeAll(one, other)
        }
    }

    /// Proposes that a call with none takes the place of another, which is then with none: so a call without a place and a
    /// request without its call find each other through others.
    private mutating func displace(_ call: UInt32) {
        let count = Int(calls[Int(call)].candidates)
        guard let (chosen, _) = proposal(from: count, count: count) else { return }
        let request = candidates[place(call, chosen)].request
        guard requests[Int(request)].calls < WindowTuning.longLife, let node = partner(of: call, in: request) else {
            return
        }
        let other = Timeline.tag(node)
        guard calls[Int(other)].operation == calls[Int(call)].operation, let here = prior(other, request) else {
            return
        }
        let before = score(of: request) + here + calls[Int(call)].noneScore
        unlink(other)
        link(call, request)
        let after = likelihood(of: request)
        let odds = after + candidates[place(call, chosen)].prior + calls[Int(other)].noneScore - before
        let share = min(1, expf(odds))
        self.count(call, count, 1 - share)
        self.count(call, chosen, share)
        if let index = candidateIndex(of: request, for: other) { self.count(other, index, 1 - share) }
        calls[Int(other)].noneMass += share
        if random.unit() < share {
            remember(after, of: request)
        } else {
            unlink(call)
            link(other, request)
        }
    }

    /// Where the calls of a request begin that would change with a call: with the undecided one of the same operation that
    /// is nearest, else with the next.
    private func partner(of call: UInt32, in request: UInt32) -> UInt32? {
        let time = timeline[Timeline.callStart(call)].time
        let operation = calls[Int(call)].operation
        var same: UInt32?
        var next: UInt32?
        var nearest = UInt64.max
        var node = requests[Int(request)].last
        while node & 3 != 0 {
            defer { node = timeline[node].previous }
            guard node & 3 == 2 else { continue }
            let other = timeline[node].time
            if other >= time { next = node }
            guard isUndecided(node, of: operation) else { continue }
            let distance = other > time ? other - time : time - other
            if distance < nearest { (same, nearest) = (node, distance) }
        }
        return same ?? next
    }

    /// Adds the calls of a request from one on, so many at most, to those that move; false when one of them must stay.
    private mutating func collect(
        from one: UInt32, to other: UInt32, since first: UInt32, _ most: Int, _ odds: inout Float
    ) -> Bool {
        var node = first
        var left = most
        while node != Timeline.none, left > 0 {
            defer { node = timeline[node].next }
            guard node & 3 == 2 else { continue }
            let call = Timeline.tag(node)
            guard !calls[Int(call)].flags.contains(.decided), let here = prior(call, one),
                let there = prior(call, other)
            else { return false }
            odds += there - here
            moving.append(call)
            left -= 1
        }
        return true
    }

    private func exchangeAll(_ one: UInt32, _ other: UInt32) {
        for call in moving {
            let from = calls[Int(call)].request
            unlink(call)
            link(call, from == one ? other : one)
        }
    }
}
