/// Rounds: all undecided calls of a process are looked at together.
extension WindowSolver {
    /// Decides the calls of which all is known, and those that have waited for as long as they may.
    ///
    /// - Parameter watermark: everything before this moment has been told, ns.
    mutating func solve(watermark: UInt64, into decided: inout [WindowDecision]) {
        earn(until: watermark)
        self.watermark = max(self.watermark, watermark)
        var index = 0
        while index < active.count {
            let owner = active[index]
            let oldest = owners[owner].calls.first
            let isQuiet = owners[owner].events > 0 && watermark >= owners[owner].lastEvent &+ tuning.quiet
            if oldest != .max, isQuiet || isOverdue(oldest, watermark) {
                markOverdue(owner, watermark)
                round(owner)
            } else if oldest == .max, isQuiet {
                round(owner)
            }
            if owners[owner].undecided == 0, owners[owner].events == 0 {
                owners[owner].isActive = false
                active.swapAt(index, active.count - 1)
                active.removeLast()
                if owners[owner].members == 0 { owners.remove(owner) }
            } else {
                index += 1
            }
        }
        decided.append(contentsOf: self.decided)
        self.decided.removeAll(keepingCapacity: true)
    }

    /// Work is allowed for as time goes by, so that it takes a bounded share of a processor, however much happens: at most
    /// what a second allows for is saved up. Where it does not suffice, calls are looked at less often, and decided with
    /// less certainty.
    private mutating func earn(until watermark: UInt64) {
        guard options.windowWork != .max else { return }
        let elapsed = self.watermark == 0 ? 1_000_000_000 : watermark &- min(self.watermark, watermark)
        let (product, overflow) = min(elapsed, 1_000_000_000).multipliedReportingOverflow(by: options.windowWork)
        credit = overflow ? options.windowWork : min(credit &+ product / 1_000_000_000, options.windowWork)
    }

    private func isOverdue(_ call: UInt32, _ watermark: UInt64) -> Bool {
        let (deadline, overflow) = calls[Int(call)].since.addingReportingOverflow(options.window)
        return !overflow && deadline <= watermark
    }

    private func markOverdue(_ owner: UInt32, _ watermark: UInt64) {
        var call = owners[owner].calls.first
        while call != .max, isOverdue(call, watermark) {
            calls[Int(call)].flags.insert(.ready)
            call = calls[Int(call)].next
        }
    }

    /// Decides a call now, by what is known.
    mutating func decide(_ call: UInt32) -> WindowDecision {
        guard isAlive(call: call), !calls[Int(call)].flags.contains(.decided) else {
            if let index = decided.firstIndex(where: { $0.call == call }) { return decided.remove(at: index) }
            return WindowDecision(call: call, request: WindowDecision.none, probability: 0)
        }
        if !calls[Int(call)].flags.contains(.hasCandidates) { findCandidates(of: call) }
        for _ in 0..<4 {
            visit(call)
        }
        return conclude(call)
    }

    /// Looks at all undecided calls of a process, learns from the requests that are over, and decides the calls of which
    /// nothing more will become known.
    mutating func round(_ owner: UInt32) {
        version &+= 1
        owners[owner].events = 0
        working.removeAll(keepingCapacity: true)
        var call = owners[owner].calls.first
        while call != .max {
            working.append(call)
            if calls[Int(call)].flags.contains(.hasCandidates) {
                fade(call)
            } else {
                findCandidates(of: call)
                visit(call)
            }
            call = calls[Int(call)].next
        }
        owners[owner].fresh = .max
        sweep(times: tuning.sweeps)
        var kept = 0
        for position in 0..<working.count where becomesReady(working[position]) {
            working.swapAt(kept, position)
            kept += 1
        }
        working.removeLast(working.count - kept)
        if !working.isEmpty { sweep(times: tuning.finalSweeps) }
        learn(owner)
        for call in working { decided.append(conclude(call)) }
    }

    private mutating func sweep(times: Int) {
        for turn in 0..<times {
            if options.windowWork != .max {
                guard credit >= UInt64(working.count) else { return }
                credit -= UInt64(working.count)
            }
            for position in 0..<working.count {
                let call = working[turn & 1 == 0 ? position : working.count - 1 - position]
                visit(call)
            }
        }
    }

    /// What was found when less was known counts less.
    private func fade(_ call: UInt32) {
        calls[Int(call)].noneMass *= 0.25
        for index in 0..<Int(calls[Int(call)].candidates) { candidates[place(call, index)].mass *= 0.25 }
    }

    /// Whether nothing more will become known of a call: it is over, and so are the requests it may belong to.
    private func becomesReady(_ call: UInt32) -> Bool {
        if calls[Int(call)].flags.contains(.ready) { return true }
        guard calls[Int(call)].flags.contains(.closed), !hasOpenRival(call) else { return false }
        var total = calls[Int(call)].noneMass
        for index in 0..<Int(calls[Int(call)].candidates) { total += candidates[place(call, index)].mass }
        for index in 0..<Int(calls[Int(call)].candidates) {
            let candidate = candidates[place(call, index)]
            guard isCurrent(candidate), candidate.mass > tuning.implausible * total else { continue }
            guard requests[Int(candidate.request)].flags.contains(.closed) else { return false }
        }
        calls[Int(call)].flags.insert(.ready)
        return true
    }

    /// Whether a request is open that was when the call began: its answer may yet tell whose call it was. One that has been
    /// open for very long (a long poll) is not waited for, unless the call looks like its own.
    private func hasOpenRival(_ call: UInt32) -> Bool {
        let began = timeline[Timeline.callStart(call)].time
        let recent = watermark &- min(watermark, tuning.longPoll)
        var request = owners[calls[Int(call)].owner].requests[WindowOwner.open].first
        var looked = 0
        while request != .max, looked < WindowTuning.maximumOpenForLong {
            let start = timeline[Timeline.requestStart(request)].time
            if start > began { return false }
            if start >= recent { return true }
            request = requests[Int(request)].next
            looked += 1
        }
        return request != .max
    }

    /// Learns from the requests that are over and whose calls are all known as well as they will be.
    private mutating func learn(_ owner: UInt32) {
        var request = owners[owner].requests[WindowOwner.closed].first
        while request != .max {
            let next = requests[Int(request)].next
            if isComplete(request) {
                learn(from: request)
                detach(request, from: WindowOwner.closed)
                requests[Int(request)].flags.insert(.learned)
                append(request, to: WindowOwner.learned)
            }
            request = next
        }
    }

    private func isComplete(_ request: UInt32) -> Bool {
        guard requests[Int(request)].calls <= UInt32(WindowTuning.reach) else { return true }
        var node = timeline[Timeline.requestStart(request)].next
        while node != Timeline.none {
            if node & 3 == 2, calls[Int(Timeline.tag(node))].flags.isDisjoint(with: [.decided, .ready]) {
                return false
            }
            node = timeline[node].next
        }
        return true
    }

    /// Decides a call by how often it was put where.
    private mutating func conclude(_ call: UInt32) -> WindowDecision {
        var total = calls[Int(call)].noneMass
        var best: Float = total
        var request = UInt32.max
        for index in 0..<Int(calls[Int(call)].candidates) {
            let candidate = candidates[place(call, index)]
            guard isCurrent(candidate) else { continue }
            total += candidate.mass
            if candidate.mass > best { (request, best) = (candidate.request, candidate.mass) }
        }
        let drawn = total > 0 ? best / total : 1
        let probability = amongAll(calibrated(drawn, for: call, request), of: call, with: request)
        owners[calls[Int(call)].owner].decided(clearly: calls[Int(call)].rivals == 1)
        operations.learn(
            calls[Int(call)].operation, none: total > 0 ? calls[Int(call)].noneMass / total : 1,
            weight: 1 / (1 + Float(calls[Int(call)].candidates)))
        put(call, request, confidence: probability)
        return WindowDecision(call: call, request: request, probability: Double(probability))
    }

    /// Puts a call in its final place.
    mutating func put(_ call: UInt32, _ request: UInt32, confidence: Float) {
        let current = calls[Int(call)].request
        if current != request {
            if current != .max {
                unlink(call)
                requests[Int(current)].scoreVersion = version &- 1
            }
            if request != .max {
                link(call, request)
                requests[Int(request)].scoreVersion = version &- 1
            }
        }
        calls[Int(call)].confidence = confidence
        if !calls[Int(call)].flags.contains(.decided) { retire(call) }
    }
}
