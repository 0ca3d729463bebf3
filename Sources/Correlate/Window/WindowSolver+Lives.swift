/// The lives of requests, and how likely they are.
extension WindowSolver {
    /// Puts a call into the life of a request.
    func link(_ call: UInt32, _ request: UInt32) {
        let tag = Int(request)
        calls[Int(call)].request = request
        requests[tag].calls &+= 1
        let start = Timeline.callStart(call)
        if timeline.insert(start, before: requests[tag].last) { requests[tag].last = start }
        requests[tag].openCalls &+= 1
        if calls[Int(call)].flags.contains(.closed) { linkEnd(call, request) }
    }

    /// Puts the end of a call into the life of its request.
    func linkEnd(_ call: UInt32, _ request: UInt32) {
        let end = Timeline.callEnd(call)
        if timeline.insert(end, before: requests[Int(request)].last) { requests[Int(request)].last = end }
        requests[Int(request)].openCalls &-= 1
    }

    /// Takes a call out of the life it stands in.
    func unlink(_ call: UInt32) {
        let request = Int(calls[Int(call)].request)
        if calls[Int(call)].flags.contains(.closed) {
            if let last = timeline.remove(Timeline.callEnd(call)) { requests[request].last = last }
        } else {
            requests[request].openCalls &-= 1
        }
        if let last = timeline.remove(Timeline.callStart(call)) { requests[request].last = last }
        requests[request].calls &-= 1
        calls[Int(call)].request = .max
    }

    /// What happens, and in what context, while a life goes by.
    struct Walk {
        var context = TimelineContext()
        var time: UInt64 = 0
        var open = 0
        var step = TimelineStep.rest
        var gap: Int64 = 0

        /// Goes to a node; ``step`` and ``gap`` then tell what happened, in the context there was before.
        mutating func advance(to node: UInt32, at time: UInt64, operation: UInt64) -> TimelineContext {
            let before = context
            gap = Int64(bitPattern: time &- self.time)
            self.time = time
            switch node & 3 {
            case 2:
                step = .call(operation)
                open += 1
                context.kind = .callStart
                context.calls = min(context.calls + 1, TimelineContext.maximumCalls)
            case 3:
                step = .wait
                open = max(open - 1, 0)
                context.kind = .callEnd
            default:
                step = .end
                context.kind = .requestEnd
            }
            context.operation = operation
            context.isWaiting = open > 0
            return before
        }
    }

    func operation(of node: UInt32) -> UInt64 {
        Timeline.isOfCall(node) ? calls[Int(Timeline.tag(node))].operation : 0
    }

    /// How likely the life of a request is, from a node to another, as a natural logarithm. ``Timeline/none`` as the end
    /// stands for the whole.
    func likelihood(of request: UInt32, from first: UInt32, upTo last: UInt32) -> Float {
        let operation = requests[Int(request)].operation
        var walk = Walk()
        walk.time = timeline[first].time
        if first & 3 != 0 {
            // Long lives only, where there were that many calls before.
            _ = walk.advance(to: first, at: walk.time, operation: self.operation(of: first))
            walk.context.calls = TimelineContext.maximumCalls
        }
        var total: Float = 0
        var node = timeline[first].next
        while node != Timeline.none {
            let context = walk.advance(to: node, at: timeline[node].time, operation: self.operation(of: node))
            total += models.logLikelihood(of: walk.step, after: walk.gap, in: context, of: operation)
            if node == last { return total }
            node = timeline[node].next
        }
        if requests[Int(request)].flags.contains(.closed) {
            total += models.logLikelihood(of: .rest, after: 0, in: walk.context, of: operation)
        }
        return total
    }

    /// How likely a life is as a whole.
    func likelihood(of request: UInt32) -> Float {
        likelihood(of: request, from: Timeline.requestStart(request), upTo: Timeline.none)
    }

    /// The same, remembered where nothing changed.
    func score(of request: UInt32) -> Float {
        let known = requests[Int(request)].score
        if requests[Int(request)].scoreVersion == version, known == known { return known }
        let score = likelihood(of: request)
        requests[Int(request)].score = score
        requests[Int(request)].scoreVersion = version
        return score
    }

    /// Notes how likely a life is now.
    func remember(_ score: Float, of request: UInt32) {
        requests[Int(request)].score = score
        requests[Int(request)].scoreVersion = version
    }

    /// What a call that stands in a life adds to it: the difference to the life without it. It is taken out.
    func takeOut(_ call: UInt32) -> Float {
        let request = calls[Int(call)].request
        guard requests[Int(request)].calls > WindowTuning.longLife else {
            let with = score(of: request)
            unlink(call)
            let without = likelihood(of: request)
            remember(without, of: request)
            return with - without
        }
        let (first, last) = surroundings(of: call)
        let with = likelihood(of: request, from: first, upTo: last)
        unlink(call)
        requests[Int(request)].scoreVersion = version &- 1
        return with - likelihood(of: request, from: first, upTo: last)
    }

    /// What a call that stands in no life would add to one, and how likely that life would be.
    func gain(of call: UInt32, in request: UInt32) -> (gain: Float, score: Float) {
        guard requests[Int(request)].calls >= WindowTuning.longLife else {
            let without = score(of: request)
            link(call, request)
            let with = likelihood(of: request)
            unlink(call)
            return (with - without, with)
        }
        link(call, request)
        let (first, last) = surroundings(of: call)
        let with = likelihood(of: request, from: first, upTo: last)
        unlink(call)
        return (with - likelihood(of: request, from: first, upTo: last), .nan)
    }

    /// Nodes of others before and behind a call, between which all lies that it changes much.
    private func surroundings(of call: UInt32) -> (UInt32, UInt32) {
        let reach = 2 * Int(TimelineContext.maximumCalls) + 2
        var first = timeline[Timeline.callStart(call)].previous
        for _ in 0..<reach where first & 3 != 0 { first = timeline[first].previous }
        let isClosed = calls[Int(call)].flags.contains(.closed)
        var last = timeline[isClosed ? Timeline.callEnd(call) : Timeline.callStart(call)].next
        for _ in 0..<4 where last != Timeline.none { last = timeline[last].next }
        return (first, last)
    }

    /// Learns from the life of a request as it stands.
    mutating func learn(from request: UInt32) {
        let operation = requests[Int(request)].operation
        var walk = Walk()
        walk.time = timeline[Timeline.requestStart(request)].time
        var node = timeline[Timeline.requestStart(request)].next
        var sure: Float = 1
        var left = 2 * WindowTuning.reach
        while node != Timeline.none, left > 0 {
            left -= 1
            if node & 3 == 2 { sure *= confidence(of: Timeline.tag(node)) }
            node = timeline[node].next
        }
        let weight = max(sure, 0.05)
        node = timeline[Timeline.requestStart(request)].next
        left = 2 * WindowTuning.reach
        while node != Timeline.none, left > 0 {
            left -= 1
            let context = walk.advance(to: node, at: timeline[node].time, operation: self.operation(of: node))
            models.learn(walk.step, after: walk.gap, in: context, of: operation, weight: 1, gapWeight: weight)
            node = timeline[node].next
        }
        models.learn(.rest, after: 0, in: walk.context, of: operation, weight: 1, gapWeight: 0)
    }

    /// How sure the place is where a call stands.
    private func confidence(of call: UInt32) -> Float {
        let state = calls[Int(call)]
        if state.flags.contains(.decided) { return state.confidence }
        var total = state.noneMass
        var own: Float = 0
        for index in 0..<Int(state.candidates) {
            let candidate = candidates[place(call, index)]
            total += candidate.mass
            if candidate.request == state.request { own = candidate.mass }
        }
        return total > 0 ? own / total : 0
    }
}
