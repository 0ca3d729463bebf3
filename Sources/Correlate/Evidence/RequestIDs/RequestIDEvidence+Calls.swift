import Capture

/// Calls whose ids an answer may echo.
extension RequestIDEvidence {
    /// Most calls that may wait for the answer that carries one id.
    private static let maximumAlike: UInt32 = 8

    /// Lists a call, if the answer to a request that is open now may carry one of its ids.
    ///
    /// - Parameter isCertain: whether other evidence is certain of its parent. Once answers have shown that in this process
    ///   such evidence is right, they only go on to tell whether it is.
    /// - Returns: whether the call must wait.
    mutating func list(
        _ call: UInt32, _ carried: borrowing CarriedIDs, at point: ExecutionPoint, isCertain: Bool,
        _ exchanges: inout ExchangeTable, _ counters: inout CorrelateCounters
    ) -> Bool {
        guard carried.count > 0, let owner = owners.find(carried.owner), owners[owner].firstRequest != .max,
            exchanges[owners[owner].firstRequest].start < point.time, canBeEchoed(carried)
        else { return false }
        let isCertain = isCertain && owners[owner].othersAreCertain
        // To learn from some is enough; those that need an answer have the rest of the room.
        guard isCertain ? calls.count < calls.capacity / 2 : owners[owner].mayWait() else { return false }
        guard !calls.isFull else {
            counters[evicted: .requestID] &+= 1
            return false
        }
        for place in 0..<carried.count {
            guard let use = use(carried[place], by: call, place, at: point.time, &counters) else { continue }
            let id = uses[use].id
            link(use, before: ids[id].firstCall)
            ids[id].firstCall = use
            ids[id].calls += 1
            exchanges[call].flags.insert(.carriesIDs)
        }
        guard exchanges[call].flags.contains(.carriesIDs) else { return false }
        let listed = calls.insert(
            ListedCallKey(exchange: call),
            ListedCall(owner: owner, unit: UnitKey(point), previous: owners[owner].lastCall))
        if owners[owner].lastCall == .max {
            owners[owner].firstCall = listed
        } else {
            calls[owners[owner].lastCall].next = listed
        }
        owners[owner].lastCall = listed
        return !isCertain
    }

    /// Whether an answer can tell more of a call with these ids than is known: not where one of them came with a request,
    /// or is known not to be unique.
    private func canBeEchoed(_ carried: borrowing CarriedIDs) -> Bool {
        for place in 0..<carried.count {
            guard let id = ids.find(carried[place]) else { continue }
            if ids[id].requests > 0 || ids[id].peak > 1 || ids[id].calls >= RequestIDEvidence.maximumAlike {
                return false
            }
        }
        return true
    }

    /// A request is over. Calls with an id of its answer that began while it was open may be its own.
    ///
    /// - Parameter ready: takes the calls of which nothing more will become known.
    mutating func closed(
        _ request: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer,
        _ exchanges: inout ExchangeTable, _ counters: inout CorrelateCounters, ready: inout [UInt32]
    ) {
        let owner = exchanges[request].owner
        if owner != .max, owners[owner].firstCall != .max,
            let carried = ids(of: exchange, in: fields, .responseHeader, &counters)
        {
            for place in 0..<carried.count {
                guard let id = ids.find(carried[place]) else { continue }
                var use = ids[id].firstCall
                while use != .max {
                    echo(uses[use].exchange, of: id, by: request, exchanges, ready: &ready)
                    use = uses[use].next
                }
            }
        }
        leave(request, &exchanges)
        if owner != .max { collectSettled(of: owner, exchanges, ready: &ready) }
    }

    private mutating func echo(
        _ call: UInt32, of id: UInt32, by request: UInt32, _ exchanges: borrowing ExchangeTable, ready: inout [UInt32]
    ) {
        guard let listed = calls.find(ListedCallKey(exchange: call)),
            exchanges[request].start < exchanges[call].start, exchanges[call].start <= exchanges[request].end,
            exchanges.key(of: request).id != exchanges.key(of: call).id,
            calls[listed].echo != exchanges.reference(to: request)
        else { return }
        let owner = calls[listed].owner
        if calls[listed].echoes > 0 {
            calls[listed].echoes = 2
            note(2, with: id, of: owner)
        } else {
            calls[listed].echo = exchanges.reference(to: request)
            calls[listed].echoes = 1
        }
        if calls[listed].echoes == 1, ids[id].calls == 1, owner != .max, owners[owner].isProven { ready.append(call) }
    }

    /// Calls that began before every request that is still open will not be told of any more.
    private func collectSettled(
        of owner: UInt32, _ exchanges: borrowing ExchangeTable, ready: inout [UInt32]
    ) {
        let oldest = owners[owner].firstRequest == .max ? .max : exchanges[owners[owner].firstRequest].start
        var listed = owners[owner].firstCall
        while listed != .max, exchanges[calls.key(of: listed).exchange].start <= oldest {
            ready.append(calls.key(of: listed).exchange)
            listed = calls[listed].next
        }
    }

    /// What became known of a call, which is listed no longer: on whose behalf it was made, and who wrote it. Nil of one
    /// that is not listed.
    ///
    /// - Parameters:
    ///   - supposed: what other evidence supposes.
    ///   - hasWaited: whether its parent depended on it.
    mutating func conclude(
        _ call: UInt32, supposed: SlotReference, hasWaited: Bool, _ exchanges: inout ExchangeTable
    ) -> (standing: Standing, unit: UnitKey?)? {
        guard let slot = calls.find(ListedCallKey(exchange: call)) else { return nil }
        let listed = calls[slot]
        unlist(slot)
        let isUnique = listed.echoes == 1 && exchanges.contains(listed.echo)
        var standing = Standing.nothing
        if listed.owner != .max {
            if hasWaited { owners[listed.owner].waited(inVain: !isUnique) }
            if isUnique {
                owners[listed.owner].proved(unique: true)
                if supposed != .none { owners[listed.owner].proved(othersRight: supposed == listed.echo) }
                let reliability = owners[listed.owner].reliability
                if reliability >= RequestIDEvidence.leastReliability {
                    standing = Standing(candidate: listed.echo, choices: 1, reliability: reliability)
                }
            }
        }
        exchanges[call].flags.remove(.carriesIDs)
        return (standing, listed.unit)
    }

    /// A call is not remembered any more.
    mutating func forget(_ call: UInt32) {
        if let listed = calls.find(ListedCallKey(exchange: call)) { unlist(listed) }
    }

    /// Takes a call, and its uses of ids, off every list.
    mutating func unlist(_ slot: UInt32) {
        let (listed, call) = (calls[slot], calls.key(of: slot).exchange)
        if listed.owner != .max {
            if listed.previous == .max { owners[listed.owner].firstCall = listed.next }
            if listed.next == .max { owners[listed.owner].lastCall = listed.previous }
        }
        if listed.previous != .max { calls[listed.previous].next = listed.next }
        if listed.next != .max { calls[listed.next].previous = listed.previous }
        calls.remove(slot)
        for place in 0..<UInt32(CarriedIDs.maximum) {
            guard let use = uses.find(RequestIDUseKey(exchange: call, place: place)) else { continue }
            let id = uses[use].id
            if ids[id].firstCall == use { ids[id].firstCall = uses[use].next }
            unlink(use)
            ids[id].calls -= 1
            tidy(id)
        }
    }
}
