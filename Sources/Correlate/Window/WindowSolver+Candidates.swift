internal import Glibc

/// Which requests may have made a call.
extension WindowSolver {
    /// A candidate of a call, by its place in its list.
    func place(_ call: UInt32, _ index: Int) -> Int {
        Int(calls[Int(call)].block) * WindowTuning.maximumCandidates + index
    }

    /// Where a request is among the candidates of a call.
    func candidateIndex(of request: UInt32, for call: UInt32) -> Int? {
        let generation = requests[Int(request)].generation
        for index in 0..<Int(calls[Int(call)].candidates) {
            let candidate = candidates[place(call, index)]
            if candidate.request == request, candidate.generation == generation { return index }
        }
        return nil
    }

    /// Whether a candidate is still the request it was.
    func isCurrent(_ candidate: WindowCandidate) -> Bool {
        let request = requests[Int(candidate.request)]
        return request.generation == candidate.generation && request.flags.contains(.alive)
    }

    /// Adds a candidate; where there is no room, in place of the one that is least likely.
    mutating func addCandidate(_ request: UInt32, to call: UInt32, prior: Float, weight: Float = 0) {
        if calls[Int(call)].block == .max {
            if let free = freeBlocks.popLast() {
                calls[Int(call)].block = free
            } else {
                calls[Int(call)].block = usedBlocks
                usedBlocks += 1
            }
        }
        let new = WindowCandidate(
            request: request, generation: requests[Int(request)].generation, prior: prior, mass: weight)
        let count = Int(calls[Int(call)].candidates)
        if count < WindowTuning.maximumCandidates {
            (candidates + place(call, count)).initialize(to: new)
            calls[Int(call)].candidates += 1
            return
        }
        var least = 0
        for index in 1..<count where rank(call, index) < rank(call, least) { least = index }
        if rank(call, least) < new.prior + new.mass { candidates[place(call, least)] = new }
    }

    private func rank(_ call: UInt32, _ index: Int) -> Float {
        let candidate = candidates[place(call, index)]
        return candidate.request == calls[Int(call)].request ? .infinity : candidate.prior + candidate.mass
    }

    /// Looks for the candidates of a call: of the requests under way when it began, and some that had just ended, those
    /// where it would have come at the likeliest moment.
    mutating func findCandidates(of call: UInt32) {
        let owner = calls[Int(call)].owner
        let time = timeline[Timeline.callStart(call)].time
        calls[Int(call)].flags.insert(.hasCandidates)
        var looked = 0
        considered = 0
        rivals = 0
        var request = owners[owner].requests[WindowOwner.open].last
        while request != .max, looked < WindowTuning.maximumLookedAt {
            looked += 1
            consider(request, for: call, at: time)
            request = requests[Int(request)].previous
        }
        for list in [WindowOwner.closed, WindowOwner.learned] {
            var over = 0
            request = owners[owner].requests[list].last
            while request != .max, looked < 2 * WindowTuning.maximumLookedAt, over < WindowTuning.maximumOver {
                looked += 1
                if timeline[Timeline.requestEnd(request)].time < time { over += 1 }
                consider(request, for: call, at: time)
                request = requests[Int(request)].previous
            }
        }
        // What ranked them is of no more use: from here on it is counted how often the call is put there.
        var kept: Float = 0
        for index in 0..<Int(calls[Int(call)].candidates) {
            kept += expf(candidates[place(call, index)].mass)
            candidates[place(call, index)].mass = 0
        }
        calls[Int(call)].rivals = rivals
        calls[Int(call)].beyond = considered > 0 ? min(max(1 - kept / considered, 0), 1) : 0
    }

    /// How likely a place is, given that the call may belong to a request that is none of its candidates.
    func amongAll(_ probability: Float, of call: UInt32, with request: UInt32) -> Float {
        let (beyond, rivals) = (calls[Int(call)].beyond, Float(calls[Int(call)].rivals))
        guard request != .max, let index = candidateIndex(of: request, for: call) else { return probability }
        let prior = candidates[place(call, index)].prior
        // What other evidence says for this one, it says against those as well.
        let others = beyond / max(1 - beyond, 0.001) * expf(-max(prior, 0))
        var probability = probability / (1 + others)
        if prior < 1, rivals > WindowTuning.tooMany, owners[calls[Int(call)].owner].isAdrift {
            let share = WindowTuning.tooMany / rivals
            probability *= share * share * share * share
        }
        return probability
    }

    private mutating func consider(_ request: UInt32, for call: UInt32, at time: UInt64) {
        let start = timeline[Timeline.requestStart(request)].time
        // Where a clock is noisy, a call may seem to begin a little earlier than the request.
        guard start <= time || start - time <= tuning.clockTolerance else { return }
        let step = TimelineStep.call(calls[Int(call)].operation)
        let sinceStart = models.logLikelihood(
            of: step, after: Int64(bitPattern: time &- start), in: TimelineContext(),
            of: requests[Int(request)].operation)
        let weight = max(sinceStart - 2, affinity(of: call, with: request))
        considered += expf(weight)
        rivals &+= 1
        if let index = candidateIndex(of: request, for: call) {
            candidates[place(call, index)].mass = weight
        } else {
            addCandidate(request, to: call, prior: 0, weight: weight)
        }
    }
}
