/// The lists that requests and calls of a process are in.
extension WindowSolver {
    /// Of which of its owner's lists a request is a part.
    func queue(of request: UInt32) -> Int {
        let flags = requests[Int(request)].flags
        if flags.contains(.learned) { return WindowOwner.learned }
        return flags.contains(.closed) ? WindowOwner.closed : WindowOwner.open
    }

    mutating func append(_ request: UInt32, to list: Int) {
        let owner = requests[Int(request)].owner
        let last = owners[owner].requests[list].last
        requests[Int(request)].previous = last
        requests[Int(request)].next = .max
        if last == .max {
            owners[owner].requests[list].first = request
        } else {
            requests[Int(last)].next = request
        }
        owners[owner].requests[list].last = request
    }

    mutating func detach(_ request: UInt32, from list: Int) {
        let owner = requests[Int(request)].owner
        let (previous, next) = (requests[Int(request)].previous, requests[Int(request)].next)
        if previous == .max {
            owners[owner].requests[list].first = next
        } else {
            requests[Int(previous)].next = next
        }
        if next == .max {
            owners[owner].requests[list].last = previous
        } else {
            requests[Int(next)].previous = previous
        }
    }

    /// Puts a call at the end of its owner's undecided ones.
    mutating func enlist(_ call: UInt32) {
        let owner = calls[Int(call)].owner
        let last = owners[owner].calls.last
        calls[Int(call)].previous = last
        calls[Int(call)].next = .max
        if last == .max { owners[owner].calls.first = call } else { calls[Int(last)].next = call }
        owners[owner].calls.last = call
        if owners[owner].fresh == .max { owners[owner].fresh = call }
        owners[owner].undecided += 1
    }

    /// A call is undecided no more: it leaves its owner's list and gives its candidates back.
    mutating func retire(_ call: UInt32) {
        let owner = calls[Int(call)].owner
        let (previous, next) = (calls[Int(call)].previous, calls[Int(call)].next)
        if owners[owner].fresh == call { owners[owner].fresh = next }
        if previous == .max { owners[owner].calls.first = next } else { calls[Int(previous)].next = next }
        if next == .max { owners[owner].calls.last = previous } else { calls[Int(next)].previous = previous }
        owners[owner].undecided -= 1
        if calls[Int(call)].block != .max { freeBlocks.append(calls[Int(call)].block) }
        calls[Int(call)].block = .max
        calls[Int(call)].candidates = 0
        calls[Int(call)].flags.insert(.decided)
    }
}
