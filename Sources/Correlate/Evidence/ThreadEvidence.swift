import Capture

/// Execution lineage: the unit that read a request makes its calls, and a unit that reads a response continues the
/// request on whose behalf the call was made.
///
/// Certain is a call in the same turn of an event loop as the unit's last work on a request (a thread that never waits
/// for readiness is in one turn for ever), and a call of a unit that has one open request. Otherwise any of its open
/// requests may have made it; and where a loop reads several requests in one turn before anything comes of the first, any
/// of these. All of it counts as much as the unit's requests have been answered by itself so far.
/// A message that nobody answers is what its reader works on until it reads something else.
/// After a request is answered it makes no calls: work behind the answer cannot be told from what the unit does next, and
/// a wrong parent is worse than none.
struct ThreadEvidence: ~Copyable {
    /// How far this evidence is to be trusted against other kinds.
    static let weight = 1.0
    /// Members that are looked through at most for the next request of a pipelined connection.
    private static let maximumPipeline = 64

    private var units: SlabTable<UnitKey, UnitState>

    init(options: CorrelateOptions) { units = SlabTable(capacity: options.maximumUnits) }

    /// On whose behalf the unit at a point acts; nil when it has done nothing of its own yet.
    mutating func standing(at point: ExecutionPoint, _ exchanges: inout ExchangeTable) -> Standing? {
        guard let slot = find(point, &exchanges) else { return nil }
        let unit = units[slot]
        var stretch = unit.stretch(at: point.time)
        stretch.focus = supposed(stretch.focus, exchanges)
        // A goroutine or task does one thing after the other, whatever thread and turn it is in.
        let isSequential = point.unit != 0 || point.turn == 0
        let isSameTurn = point.unit != 0 || (stretch.turn == point.turn && point.turn != ExecutionPoint.unknownTurn)
        var standing = Standing(candidate: .none, choices: 0, reliability: unit.reliability)
        if case .exchange(let focus) = stretch.focus, exchanges.isAlive(focus, at: point.time) {
            let state = exchanges[focus.slot]
            standing.candidate = focus
            if isSameTurn, isSequential {
                standing.choices = 1
            } else if isSameTurn, !state.flags.contains(.pipelined) {
                standing.choices = 1 + unit.abandoned
            } else {
                standing.choices = unit.members + (state.unit == slot ? 0 : 1)
                // Whether anything is left to be done about a message, no answer tells.
                if state.flags.contains(.oneWay) { standing.choices += 1 }
            }
            return standing
        }
        guard unit.members > 0 else { return .some(.nothing) }
        let nobody: UInt32 =
            switch stretch.focus {
            case .unknown: 1
            case .nothing: 0
            case .ended, .exchange, .call: isSameTurn ? 1 : 0
            }
        standing.choices = unit.members + nobody
        if unit.members == 1 {
            standing.candidate = exchanges.reference(to: unit.firstMember)
            guard exchanges.isAlive(standing.candidate, at: point.time) else { return .some(.nothing) }
        }
        return standing
    }

    /// A unit opened a connection or made a call, with this standing: an outcome of what it read last. Where that was a
    /// part of a request, it is of the kind that does not wait for the rest.
    mutating func acted(_ standing: Standing, at point: ExecutionPoint, _ exchanges: inout ExchangeTable) {
        guard let slot = find(point, &exchanges) else { return }
        units[slot].isPending = false
        if standing.choices == 1, exchanges.contains(standing.candidate),
            exchanges[standing.candidate.slot].unit == slot,
            !exchanges[standing.candidate.slot].flags.contains(.whole)
        {
            units[slot].actsEarly = true
        }
    }

    /// A unit read bytes of a request as its server.
    ///
    /// Something may come of a request when it is whole, or, of a unit that has been seen to act early, when its head is
    /// there.
    mutating func read(
        _ exchange: UInt32, at point: ExecutionPoint, isHead: Bool, _ exchanges: inout ExchangeTable,
        _ counters: inout CorrelateCounters
    ) {
        guard let slot = findOrAdd(point, &exchanges, &counters) else { return }
        if exchanges[exchange].unit != slot {
            leave(exchange, &exchanges)
            join(exchange, slot, &exchanges)
        }
        // Requests read in one go from one connection are answered, and mostly handled, in their order.
        if case .exchange(let focus) = units[slot].current.focus, focus.slot != exchange, exchanges.contains(focus),
            exchanges[focus.slot].socket == exchanges[exchange].socket, exchanges[focus.slot].unit == slot
        {
            exchanges[focus.slot].flags.insert(.pipelined)
            exchanges[exchange].flags.insert(.pipelined)
            return
        }
        let mayBeActedOn = exchanges[exchange].flags.contains(.whole) || (isHead && units[slot].actsEarly)
        turn(
            slot, to: .exchange(exchanges.reference(to: exchange)), at: point, mayBeActedOn ? .mayBeActedOn : .middle,
            &counters)
    }

    /// A unit did something on behalf of an exchange, or of something not known: read a response, wrote a call or a part
    /// of an answer.
    mutating func worked(
        on reference: SlotReference, at point: ExecutionPoint, _ step: UnitState.Step,
        _ exchanges: inout ExchangeTable, _ counters: inout CorrelateCounters
    ) {
        if exchanges.contains(reference), !exchanges.isOver(exchanges[reference.slot]) {
            guard let slot = findOrAdd(point, &exchanges, &counters) else { return }
            turn(slot, to: .exchange(reference), at: point, step, &counters)
        } else if let slot = find(point, &exchanges) {
            turn(slot, to: .unknown, at: point, step, &counters)
        }
    }

    /// A unit read of the response of a call that is not decided: it goes on with what that was made for.
    mutating func worked(
        for call: SlotReference, at point: ExecutionPoint, _ step: UnitState.Step,
        _ exchanges: inout ExchangeTable, _ counters: inout CorrelateCounters
    ) {
        // Of one that reads no requests and has no turns, nothing follows from what it did last.
        let found = point.turn == 0 ? find(point, &exchanges) : findOrAdd(point, &exchanges, &counters)
        guard let slot = found else { return }
        if units[slot].isPending, supposed(.call(call), exchanges) == units[slot].current.focus {
            units[slot].isPending = false
        }
        turn(slot, to: .call(call), at: point, step, &counters)
    }

    /// A unit begins an answer. What it read last in this turn came to something, if it was not another request.
    ///
    /// - Returns: whether anything that it read in this turn can have led to it; true of one that has no turns.
    mutating func answers(
        _ request: SlotReference, at point: ExecutionPoint, _ exchanges: inout ExchangeTable
    ) -> Bool {
        guard let slot = find(point, &exchanges), point.turn != 0, point.unit == 0 else { return true }
        let stretch = units[slot].stretch(at: point.time)
        guard stretch.turn == point.turn else { return false }
        switch stretch.focus {
        case .call, .unknown: units[slot].isPending = false
        case .exchange(let read):
            guard read == request else { return units[slot].abandoned > 0 }
            units[slot].isPending = false
        case .nothing, .ended: return units[slot].abandoned > 0
        }
        return true
    }

    /// Whether nothing that the unit at a point read in this turn of its event loop can have led to what it does.
    mutating func isCauseless(at point: ExecutionPoint, _ exchanges: inout ExchangeTable) -> Bool {
        guard point.turn != 0, point.unit == 0, let slot = find(point, &exchanges) else { return false }
        let stretch = units[slot].stretch(at: point.time)
        return stretch.turn != point.turn && units[slot].members > 1
    }

    /// The undecided call on behalf of whose request the unit at a point acts, since it read its response in this very turn
    /// of its event loop and nothing else that would have to come to something: what a turn begins with reading goes on until
    /// the next is read. None where that is not so.
    mutating func continuedCall(at point: ExecutionPoint, _ exchanges: inout ExchangeTable) -> SlotReference {
        guard let slot = find(point, &exchanges), units[slot].abandoned == 0, point.turn != ExecutionPoint.unknownTurn
        else { return .none }
        let stretch = units[slot].stretch(at: point.time)
        guard stretch.turn == point.turn, case .call(let call) = stretch.focus else { return .none }
        return call
    }

    /// How many open requests the unit at a point has read, one of them not counted.
    mutating func openRequests(
        at point: ExecutionPoint, besides request: UInt32, _ exchanges: inout ExchangeTable
    ) -> UInt32 {
        guard let slot = find(point, &exchanges) else { return 0 }
        let isOwn = request != .max && exchanges[request].unit == slot
        return units[slot].members - (isOwn ? 1 : 0)
    }

    /// How likely it is that what the unit at a point does is done for the requests it reads, 0...1.
    mutating func reliability(at point: ExecutionPoint, _ exchanges: inout ExchangeTable) -> Double {
        guard let slot = find(point, &exchanges) else { return 0 }
        return units[slot].reliability
    }

    /// The open requests that the unit at a point has read, oldest first; at most so many.
    mutating func requests(
        of point: ExecutionPoint, atMost limit: Int, _ exchanges: inout ExchangeTable, into requests: inout [UInt32]
    ) {
        guard let slot = find(point, &exchanges) else { return }
        var member = units[slot].firstMember
        while member != .max, requests.count < limit {
            requests.append(member)
            member = exchanges[member].nextOfUnit
        }
    }

    /// What a unit most likely works on.
    private func supposed(_ focus: Focus, _ exchanges: borrowing ExchangeTable) -> Focus {
        guard case .call(let call) = focus else { return focus }
        guard exchanges.contains(call) else { return .unknown }
        let request = exchanges.likelyParent(of: call.slot)
        return request == .none ? .unknown : .exchange(request)
    }

    /// A unit wrote the last byte of an answer, or the exchange ended otherwise. The next request that was read on the
    /// same socket, if there is one, is taken up.
    mutating func ended(
        _ exchange: UInt32, at point: ExecutionPoint, _ exchanges: inout ExchangeTable,
        _ counters: inout CorrelateCounters
    ) {
        // Looked up first, since this may forget the unit of a process that is gone.
        let slot = point.time == 0 ? nil : find(point, &exchanges)
        let reader = exchanges[exchange].unit
        if reader != .max, point.time != 0 { units[reader].answered(here: reader == slot) }
        leave(exchange, &exchanges)
        guard let slot else { return }
        if units[slot].current.focus == .exchange(exchanges.reference(to: exchange)) { units[slot].isPending = false }
        var next = Focus.ended
        if exchanges[exchange].flags.contains(.pipelined) {
            var member = units[slot].firstMember
            for _ in 0..<ThreadEvidence.maximumPipeline where member != .max {
                if exchanges[member].socket == exchanges[exchange].socket {
                    next = .exchange(exchanges.reference(to: member))
                    break
                }
                member = exchanges[member].nextOfUnit
            }
        }
        turn(slot, to: next, at: point, .act, &counters)
    }

    /// Other evidence tells whether a unit was right about a call it had made.
    mutating func proved(_ isRight: Bool, of key: UnitKey) {
        if let slot = units.find(key) { units[slot].answered(here: isRight) }
    }

    /// Forgets a thread: its number names another from here on.
    mutating func forget(_ key: UnitKey, _ exchanges: inout ExchangeTable) {
        if let slot = units.find(key) { remove(slot, &exchanges) }
    }

    /// Takes an exchange off the list of its unit.
    mutating func leave(_ exchange: UInt32, _ exchanges: inout ExchangeTable) {
        let unit = exchanges[exchange].unit
        guard unit != .max else { return }
        let (previous, next) = (exchanges[exchange].previousOfUnit, exchanges[exchange].nextOfUnit)
        if previous == .max { units[unit].firstMember = next } else { exchanges[previous].nextOfUnit = next }
        if next == .max { units[unit].lastMember = previous } else { exchanges[next].previousOfUnit = previous }
        units[unit].members -= 1
        exchanges[exchange].unit = .max
        exchanges[exchange].previousOfUnit = .max
        exchanges[exchange].nextOfUnit = .max
    }

    private mutating func join(_ exchange: UInt32, _ unit: UInt32, _ exchanges: inout ExchangeTable) {
        let last = units[unit].lastMember
        exchanges[exchange].unit = unit
        exchanges[exchange].previousOfUnit = last
        if last == .max { units[unit].firstMember = exchange } else { exchanges[last].nextOfUnit = exchange }
        units[unit].lastMember = exchange
        units[unit].members += 1
    }

    private mutating func turn(
        _ slot: UInt32, to focus: Focus, at point: ExecutionPoint, _ step: UnitState.Step,
        _ counters: inout CorrelateCounters
    ) {
        units.move(slot)
        if !units[slot].turn(to: focus, at: point, step) { counters.stragglers &+= 1 }
    }

    /// The unit at a point. One that another process left behind under the same number is forgotten.
    private mutating func find(_ point: ExecutionPoint, _ exchanges: inout ExchangeTable) -> UInt32? {
        guard let key = UnitKey(point), let slot = units.find(key) else { return nil }
        if units[slot].process == point.process { return slot }
        remove(slot, &exchanges)
        return nil
    }

    private mutating func findOrAdd(
        _ point: ExecutionPoint, _ exchanges: inout ExchangeTable, _ counters: inout CorrelateCounters
    ) -> UInt32? {
        if let slot = find(point, &exchanges) { return slot }
        guard let key = UnitKey(point) else { return nil }
        if units.isFull, let oldest = units.oldest() {
            remove(oldest, &exchanges)
            counters[evicted: .unit] &+= 1
        }
        return units.insert(key, UnitState(process: point.process))
    }

    private mutating func remove(_ slot: UInt32, _ exchanges: inout ExchangeTable) {
        while units[slot].firstMember != .max { leave(units[slot].firstMember, &exchanges) }
        units.remove(slot)
    }
}
