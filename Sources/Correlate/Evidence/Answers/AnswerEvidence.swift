import Capture

/// Backward lineage: who writes the answer made the calls since its own last answer.
///
/// The hand-over from the thread that reads requests to a pool that handles them is invisible, but the pool's thread that
/// answers gives it away. It holds for whatever does one thing after the other: a thread of a pool, a goroutine, a task. It
/// does not for the thread of an event loop, which is told by what it does: a call of its own is still under way when it
/// answers, or it has several requests open; its calls are left to ``TurnEvidence``.
///
/// Child tasks write in contexts of their own. Where these share their variables with the context that answers
/// (``ExecutionPoint/group``) and with no other that does, their calls are its own.
struct AnswerEvidence: ~Copyable {
    /// Calls of one unit, or of one group, that are remembered until it answers.
    private static let maximumCalls: UInt32 = 256

    private var units: SlabTable<UnitKey, Answerer>
    private var groups: SlabTable<GroupKey, AnswererGroup>
    /// By the call's slot among the exchanges.
    private var calls: SideTable<WrittenCall>

    init(options: CorrelateOptions) {
        units = SlabTable(capacity: options.maximumUnits)
        groups = SlabTable(capacity: options.maximumUnits)
        calls = SideTable(capacity: options.maximumExchanges, initial: WrittenCall())
    }

    /// A unit wrote a call.
    mutating func wrote(_ call: UInt32, at point: ExecutionPoint, _ counters: inout CorrelateCounters) {
        calls.reset(call)
        guard let slot = findOrAdd(point, &counters) else { return }
        calls[call].start = point.time
        calls[call].writer = slot
        if units[slot].calls.count >= AnswerEvidence.maximumCalls { leave(units[slot].calls.first, .unit) }
        append(call, to: slot, .unit)
        units.move(slot)
        guard let group = findOrAddGroup(of: point, &counters) else { return }
        if groups[group].calls.count >= AnswerEvidence.maximumCalls { leave(groups[group].calls.first, .group) }
        append(call, to: group, .group)
        groups.move(group)
    }

    /// A call is over: its response was read.
    mutating func ended(_ call: UInt32) {
        calls[call].isOver = true
        let unit = calls[call][.unit].list
        // Nothing is to be learned of it when a loop answers.
        if unit != .max, units[unit].interleaving > 0 { leave(call, .unit) }
    }

    /// A call is decided by better evidence, or not remembered any more.
    mutating func leave(_ call: UInt32) {
        leave(call, .unit)
        leave(call, .group)
    }

    /// A unit wrote the first byte of an answer.
    ///
    /// - Parameters:
    ///   - start: when the request began, ns.
    ///   - isShared: whether the unit has other requests open.
    ///   - told: takes the calls that it made, as far as they were over.
    mutating func answered(
        at point: ExecutionPoint, since start: UInt64, isShared: Bool, _ counters: inout CorrelateCounters,
        into told: inout [ToldCall]
    ) {
        var own = UInt32.max
        if let slot = findOrAdd(point, &counters) {
            own = slot
            tell(slot, since: start, isShared: isShared, into: &told)
            units.move(slot)
        }
        if let group = findOrAddGroup(of: point, &counters) {
            tellGroup(group, by: own, since: start, at: point.time, into: &told)
        }
    }

    private mutating func tell(_ slot: UInt32, since start: UInt64, isShared: Bool, into told: inout [ToldCall]) {
        var isUnderWay = false
        var call = units[slot].calls.first
        while call != .max {
            if !calls[call].isOver, calls[call].start >= start { isUnderWay = true }
            call = calls[call][.unit].next
        }
        units[slot].answers(amidOthers: isUnderWay || isShared)
        let isSequential = units[slot].interleaving == 0
        call = units[slot].calls.first
        while call != .max {
            let next = calls[call][.unit].next
            if calls[call].isOver {
                if isSequential, calls[call].start >= start { told.append(ToldCall(call: call, kind: .answerer)) }
                leave(call, .unit)
            }
            call = next
        }
    }

    private mutating func tellGroup(
        _ group: UInt32, by unit: UInt32, since start: UInt64, at time: UInt64, into told: inout [ToldCall]
    ) {
        groups[group].answers(by: unit, since: start, at: time)
        let isOwn = groups[group].sharing == 0
        var call = groups[group].calls.first
        while call != .max {
            let next = calls[call][.group].next
            if calls[call].isOver || !isOwn {
                if isOwn, calls[call].start >= start, calls[call].writer != unit {
                    told.append(ToldCall(call: call, kind: .group))
                }
                leave(call, .group)
            }
            call = next
        }
        groups.move(group)
    }

    // MARK: Tables

    private mutating func findOrAdd(_ point: ExecutionPoint, _ counters: inout CorrelateCounters) -> UInt32? {
        guard let key = UnitKey(point) else { return nil }
        if let slot = units.find(key) {
            if units[slot].process == point.process { return slot }
            remove(unit: slot)
        }
        if units.isFull, let oldest = units.oldest() {
            remove(unit: oldest)
            counters[evicted: .unit] &+= 1
        }
        return units.insert(key, Answerer(process: point.process))
    }

    private mutating func findOrAddGroup(of point: ExecutionPoint, _ counters: inout CorrelateCounters) -> UInt32? {
        guard point.group != 0 else { return nil }
        let key = GroupKey(process: point.process.pid, group: point.group)
        if let slot = groups.find(key) { return slot }
        if groups.isFull, let oldest = groups.oldest() {
            while groups[oldest].calls.first != .max { leave(groups[oldest].calls.first, .group) }
            groups.remove(oldest)
            counters[evicted: .unit] &+= 1
        }
        return groups.insert(key, AnswererGroup())
    }

    private mutating func remove(unit slot: UInt32) {
        while units[slot].calls.first != .max { leave(units[slot].calls.first, .unit) }
        units.remove(slot)
    }

    // MARK: Lists

    private mutating func append(_ call: UInt32, to slot: UInt32, _ place: CallPlace) {
        var list = place == .unit ? units[slot].calls : groups[slot].calls
        calls[call][place] = CallLinks(list: slot, previous: list.last)
        if list.last == .max { list.first = call } else { calls[list.last][place].next = call }
        list.last = call
        list.count += 1
        set(list, of: slot, place)
    }

    private mutating func leave(_ call: UInt32, _ place: CallPlace) {
        let links = calls[call][place]
        guard links.list != .max else { return }
        var list = place == .unit ? units[links.list].calls : groups[links.list].calls
        if links.previous == .max { list.first = links.next } else { calls[links.previous][place].next = links.next }
        if links.next == .max { list.last = links.previous } else { calls[links.next][place].previous = links.previous }
        list.count -= 1
        set(list, of: links.list, place)
        calls[call][place] = CallLinks()
    }

    private mutating func set(_ list: CallList, of slot: UInt32, _ place: CallPlace) {
        switch place {
        case .unit: units[slot].calls = list
        case .group: groups[slot].calls = list
        }
    }
}
