import Capture

/// What happens.
extension WindowSolver {
    /// A request began. A tag that is in use begins anew.
    mutating func requestOpened(_ request: UInt32, of owner: OwnerKey, operation: UInt64, at time: UInt64) {
        guard request < capacity else { return }
        if requests[Int(request)].flags.contains(.alive) { remove(request: request) }
        guard let slot = ownerSlot(owner) else { return }
        let generation = requests[Int(request)].generation &+ 1
        let node = Timeline.requestStart(request)
        requests[Int(request)] = WindowRequest(
            operation: operation, owner: slot, generation: generation, last: node, flags: .alive)
        (timeline.nodes + Int(node)).initialize(
            to: Timeline.Node(time: time, previous: Timeline.none, next: Timeline.none))
        append(request, to: WindowOwner.open)
        owners[slot].members += 1
        happened(slot, at: time)
    }

    /// A request was answered.
    mutating func requestClosed(_ request: UInt32, at time: UInt64) {
        guard isAlive(request: request), !requests[Int(request)].flags.contains(.closed) else { return }
        let node = Timeline.requestEnd(request)
        // A clock that was set back: it ends when it began.
        let time = max(time, timeline[Timeline.requestStart(request)].time)
        (timeline.nodes + Int(node)).initialize(
            to: Timeline.Node(time: time, previous: Timeline.none, next: Timeline.none))
        if timeline.insert(node, before: requests[Int(request)].last) { requests[Int(request)].last = node }
        requests[Int(request)].scoreVersion = version &- 1
        detach(request, from: WindowOwner.open)
        requests[Int(request)].flags.insert(.closed)
        append(request, to: WindowOwner.closed)
        happened(requests[Int(request)].owner, at: time)
    }

    /// A call began. A tag that is in use begins anew.
    mutating func callOpened(_ call: UInt32, of owner: OwnerKey, operation: UInt64, at time: UInt64) {
        guard call < capacity else { return }
        if calls[Int(call)].flags.contains(.alive) { remove(call: call) }
        guard let slot = ownerSlot(owner) else { return }
        calls[Int(call)] = WindowCall(operation: operation, owner: slot, flags: .alive)
        (timeline.nodes + Int(Timeline.callStart(call))).initialize(
            to: Timeline.Node(time: time, previous: Timeline.none, next: Timeline.none))
        // A clock that runs ahead must not make it wait for ever.
        calls[Int(call)].since = watermark == 0 ? time : min(time, watermark)
        calls[Int(call)].noneScore = operations.began(operation, of: slot, at: time)
        enlist(call)
        owners[slot].members += 1
        happened(slot, at: time)
    }

    /// A call was answered.
    mutating func callClosed(_ call: UInt32, at time: UInt64) {
        guard isAlive(call: call), !calls[Int(call)].flags.contains(.closed) else { return }
        let time = max(time, timeline[Timeline.callStart(call)].time)
        (timeline.nodes + Int(Timeline.callEnd(call))).initialize(
            to: Timeline.Node(time: time, previous: Timeline.none, next: Timeline.none))
        calls[Int(call)].flags.insert(.closed)
        let request = calls[Int(call)].request
        if request != .max {
            linkEnd(call, request)
            requests[Int(request)].scoreVersion = version &- 1
        }
        happened(calls[Int(call)].owner, at: time)
    }

    /// Other evidence speaks for a pair, or against it; what it says adds up. Heard until the call is decided.
    ///
    /// - Parameter logOdds: natural logarithm; at most 30 counts.
    mutating func suggest(_ request: UInt32, for call: UInt32, logOdds: Float) {
        guard isAlive(call: call), isAlive(request: request), !calls[Int(call)].flags.contains(.decided),
            logOdds == logOdds
        else { return }
        if let index = candidateIndex(of: request, for: call) {
            let prior = candidates[place(call, index)].prior + logOdds
            candidates[place(call, index)].prior = min(max(prior, -30), 30)
        } else {
            addCandidate(request, to: call, prior: min(max(logOdds, -30), 30))
        }
    }

    /// Other evidence decided for certain whose call it is; nil: nobody's. It takes its place, and is learned from.
    mutating func settled(_ call: UInt32, _ request: UInt32?) {
        guard isAlive(call: call) else { return }
        decided.removeAll { $0.call == call }
        let place = request.flatMap { isAlive(request: $0) ? $0 : nil } ?? .max
        owners[calls[Int(call)].owner].decided(clearly: true)
        operations.learn(calls[Int(call)].operation, none: request == nil ? 1 : 0, weight: 1)
        put(call, place, confidence: 1)
    }

    /// A request is of no interest any more, and its tag free.
    mutating func remove(request: UInt32) {
        guard isAlive(request: request) else { return }
        let owner = requests[Int(request)].owner
        if requests[Int(request)].flags.isSuperset(of: .closed), !requests[Int(request)].flags.contains(.learned) {
            learn(from: request)
        }
        var node = timeline[Timeline.requestStart(request)].next
        while node != Timeline.none {
            let next = timeline[node].next
            if Timeline.isOfCall(node) { calls[Int(Timeline.tag(node))].request = .max }
            node = next
        }
        detach(request, from: queue(of: request))
        requests[Int(request)].flags = []
        // Nobody has asked yet, and the tag may be another's by then.
        for index in decided.indices where decided[index].request == request {
            decided[index].request = WindowDecision.none
            decided[index].probability = 0
        }
        left(owner)
    }

    /// A call is of no interest any more, and its tag free.
    mutating func remove(call: UInt32) {
        guard isAlive(call: call) else { return }
        let owner = calls[Int(call)].owner
        if !calls[Int(call)].flags.contains(.decided) { retire(call) }
        let request = calls[Int(call)].request
        if request != .max {
            unlink(call)
            requests[Int(request)].scoreVersion = version &- 1
        }
        calls[Int(call)].flags = []
        decided.removeAll { $0.call == call }
        left(owner)
    }

    func isAlive(request: UInt32) -> Bool { request < capacity && requests[Int(request)].flags.contains(.alive) }
    func isAlive(call: UInt32) -> Bool { call < capacity && calls[Int(call)].flags.contains(.alive) }

    private mutating func ownerSlot(_ key: OwnerKey) -> UInt32? {
        if let slot = owners.find(key) { return slot }
        guard !owners.isFull else {
            refused &+= 1
            return nil
        }
        return owners.insert(key, WindowOwner())
    }

    private mutating func left(_ owner: UInt32) {
        owners[owner].members -= 1
        // Stays while it is in the list of those where something happened.
        if owners[owner].members == 0, !owners[owner].isActive { owners.remove(owner) }
    }

    private mutating func happened(_ owner: UInt32, at time: UInt64) {
        owners[owner].events += 1
        owners[owner].lastEvent = max(owners[owner].lastEvent, time)
        if !owners[owner].isActive {
            owners[owner].isActive = true
            active.append(owner)
        }
        let needed = max(tuning.minimumEvents, owners[owner].undecided * tuning.eventsPerCall)
        if owners[owner].events >= needed, owners[owner].undecided > 0 { round(owner) }
    }
}
