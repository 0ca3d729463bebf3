import Capture

/// Request ids (`x-request-id` and its relatives), which tie both sides of a proxy together where threads cannot.
///
/// *Passed on*: a call that carries the id of exactly one open request of its process is made for that request. *Made by
/// the proxy*: the request has no id, the call has one, and the answer to the request carries the same; then the parent is
/// only known when that answer is there, and the call is listed until it is, or until every request that was open when
/// the call began has been answered.
///
/// An id is evidence only as far as it is unique: one that several open requests carry leaves a choice, one that many
/// carry is ignored, and until the ids of a process have proved unique, the first answer that carries a call's id is held
/// against those that are still to come.
struct RequestIDEvidence: ~Copyable {
    /// How far this evidence is to be trusted against other kinds: as far above a connection's opening as that is above a
    /// thread. An id that is unique is hardly ever wrong, while a thread may well have been handed another's work, and have
    /// opened a connection for it.
    static let weight = 81.0
    /// So many requests at the same time carry only what is no request's id.
    private static let tooMany: UInt32 = 8
    /// What a constant may look like for a while without having been found out. Below it, nothing is decided.
    static let leastReliability = 0.5

    var ids: SlabTable<RequestIDKey, RequestIDState>
    var uses: SlabTable<RequestIDUseKey, RequestIDUse>
    var owners: SlabTable<OwnerKey, OwnerState>
    var calls: SlabTable<ListedCallKey, ListedCall>
    private let retention: UInt64
    private let seed = UInt64.random(in: .min ... .max)

    /// Ids in use, and ids that are remembered because they were not unique, by when they were last seen.
    static var inUse: Int { 0 }
    static var common: Int { 1 }

    init(options: CorrelateOptions) {
        ids = SlabTable(capacity: options.maximumRequestIDs)
        uses = SlabTable(capacity: options.maximumRequestIDs)
        calls = SlabTable(capacity: options.maximumRequestIDs)
        owners = SlabTable(capacity: options.maximumProcesses)
        retention = options.retention
    }

    /// The request ids that an exchange's request, or its response, carries; nil when nobody's ids can be theirs.
    func ids(
        of exchange: borrowing Exchange, in fields: borrowing FieldBuffer, _ carrier: Carrier,
        _ counters: inout CorrelateCounters
    ) -> CarriedIDs? {
        guard let owner = OwnerKey(exchange) else { return nil }
        var carried = CarriedIDs(of: owner)
        for index in Int(exchange.fields.start)..<Int(exchange.fields.start) + Int(exchange.fields.count) {
            let field = fields.fields[index]
            guard field.key == .requestID, field.carrier == carrier else { continue }
            if let key = fields.withBytes(of: field.value, { RequestIDKey($0, of: owner, seed: seed) }) {
                carried.add(key)
            } else {
                counters.invalidRequestIDs &+= 1
            }
        }
        return carried
    }

    /// Whether the answers of a protocol can carry ids.
    private static func canAnswer(_ spoken: ApplicationProtocol) -> Bool {
        switch spoken {
        case .http1, .http2, .fastcgi, .dubbo: true
        default: false
        }
    }

    /// A server read the head of a request.
    mutating func opened(
        _ request: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer,
        _ exchanges: inout ExchangeTable, _ counters: inout CorrelateCounters
    ) {
        guard RequestIDEvidence.canAnswer(exchange.protocol),
            let carried = ids(of: exchange, in: fields, .requestHeader, &counters)
        else { return }
        let owner = findOrAdd(carried.owner, &exchanges, &counters)
        join(request, owner, &exchanges)
        for place in 0..<carried.count {
            guard let use = use(carried[place], by: request, place, at: exchange.requestStart.time, &counters)
            else { continue }
            let id = uses[use].id
            link(use, before: ids[id].firstRequest)
            ids[id].firstRequest = use
            ids[id].requests += 1
            note(ids[id].requests, with: id, of: owner)
            exchanges[request].flags.insert(.carriesIDs)
        }
    }

    /// On whose behalf a call is made, going by the ids that open requests of its process carry.
    mutating func standing(
        of call: UInt32, _ carried: borrowing CarriedIDs, at time: UInt64, _ exchanges: borrowing ExchangeTable
    ) -> Standing {
        var best = Standing.nothing
        for place in 0..<carried.count {
            guard let id = ids.find(carried[place]), ids[id].requests > 0,
                ids[id].peak <= RequestIDEvidence.tooMany
            else { continue }
            var standing = Standing.nothing
            var use = ids[id].firstRequest
            while use != .max {
                let request = uses[use].exchange
                // A call of a process to itself has its own server end there.
                if exchanges[request].start <= time, exchanges.key(of: request).id != exchanges.key(of: call).id {
                    standing.candidate = standing.choices == 0 ? exchanges.reference(to: request) : .none
                    standing.choices += 1
                }
                use = uses[use].next
            }
            guard standing.choices > 0 else { continue }
            if standing.choices == 1, ids[id].peak > 1 { standing.choices = ids[id].peak }
            if standing.choices == 1 { ids[id].hasDecided = true }
            if best.choices == 0 || standing.choices < best.choices { best = standing }
        }
        guard best.choices > 0, let owner = owners.find(carried.owner) else { return .nothing }
        best.reliability = owners[owner].reliability
        return best.reliability < RequestIDEvidence.leastReliability ? .nothing : best
    }

    /// A request was answered, or it ended otherwise, or it is not remembered any more: its ids say nothing from here on.
    mutating func leave(_ request: UInt32, _ exchanges: inout ExchangeTable) {
        let owner = exchanges[request].owner
        if owner != .max {
            let (previous, next) = (exchanges[request].previousOfOwner, exchanges[request].nextOfOwner)
            if previous == .max { owners[owner].firstRequest = next } else { exchanges[previous].nextOfOwner = next }
            if next == .max { owners[owner].lastRequest = previous } else { exchanges[next].previousOfOwner = previous }
            exchanges[request].owner = .max
            exchanges[request].previousOfOwner = .max
            exchanges[request].nextOfOwner = .max
        }
        guard exchanges[request].flags.contains(.carriesIDs) else { return }
        exchanges[request].flags.remove(.carriesIDs)
        for place in 0..<UInt32(CarriedIDs.maximum) {
            guard let use = uses.find(RequestIDUseKey(exchange: request, place: place)) else { continue }
            let id = uses[use].id
            if ids[id].firstRequest == use { ids[id].firstRequest = uses[use].next }
            unlink(use)
            ids[id].requests -= 1
            if ids[id].requests == 0, ids[id].hasDecided, ids[id].peak < 2, owner != .max {
                owners[owner].proved(unique: true)
            }
            tidy(id)
        }
    }

    /// A process ended. Where exchanges of its are still open, it is forgotten as others come.
    mutating func exited(_ process: ProcessKey) {
        guard let owner = owners.find(OwnerKey(process)), owners[owner].firstRequest == .max,
            owners[owner].firstCall == .max
        else { return }
        owners.remove(owner)
    }

    /// Forgets ids that were not unique and have not been seen for long.
    mutating func forgetExpired(_ watermark: UInt64) {
        while let oldest = ids.oldest(RequestIDEvidence.common) {
            let (expiry, overflow) = ids[oldest].lastSeen.addingReportingOverflow(retention)
            guard !overflow, expiry <= watermark else { return }
            ids.remove(oldest)
        }
    }

    /// So many requests or answers carry an id: from the second on it is not unique.
    mutating func note(_ count: UInt32, with id: UInt32, of owner: UInt32) {
        if count >= 2, ids[id].peak < 2, owner != .max { owners[owner].proved(unique: false) }
        ids[id].peak = max(ids[id].peak, count)
    }

    // MARK: Tables

    /// An exchange uses an id: a use in no list yet. Nil when there is no room.
    mutating func use(
        _ key: RequestIDKey, by exchange: UInt32, _ place: Int, at time: UInt64, _ counters: inout CorrelateCounters
    ) -> UInt32? {
        guard let id = findOrAdd(key), !uses.isFull else {
            counters[evicted: .requestID] &+= 1
            return nil
        }
        ids[id].lastSeen = max(ids[id].lastSeen, time)
        ids.move(id, to: RequestIDEvidence.inUse)
        return uses.insert(
            RequestIDUseKey(exchange: exchange, place: UInt32(place)), RequestIDUse(id: id, exchange: exchange))
    }

    /// Puts a use at the front of its list.
    mutating func link(_ use: UInt32, before first: UInt32) {
        uses[use].next = first
        if first != .max { uses[first].previous = use }
    }

    /// Takes a use out of its list, of which it may have been the first, and forgets it.
    mutating func unlink(_ use: UInt32) {
        let (previous, next) = (uses[use].previous, uses[use].next)
        if previous != .max { uses[previous].next = next }
        if next != .max { uses[next].previous = previous }
        uses.remove(use)
    }

    /// Forgets an id that nobody uses, unless it is worth remembering that it is not unique.
    mutating func tidy(_ id: UInt32) {
        guard ids[id].requests == 0, ids[id].calls == 0 else { return }
        if ids[id].peak < 2 {
            ids.remove(id)
        } else {
            ids.move(id, to: RequestIDEvidence.common)
        }
    }

    /// An id, made room for by the one that was not unique and not seen for longest; one in use does not make room.
    private mutating func findOrAdd(_ key: RequestIDKey) -> UInt32? {
        if let id = ids.find(key) { return id }
        if ids.isFull {
            guard let oldest = ids.oldest(RequestIDEvidence.common) else { return nil }
            ids.remove(oldest)
        }
        return ids.insert(key, RequestIDState(), queue: RequestIDEvidence.inUse)
    }

    private mutating func findOrAdd(
        _ key: OwnerKey, _ exchanges: inout ExchangeTable, _ counters: inout CorrelateCounters
    ) -> UInt32 {
        if let owner = owners.find(key) {
            owners.move(owner)
            return owner
        }
        if owners.isFull, let oldest = owners.oldest() {
            while owners[oldest].firstRequest != .max { leave(owners[oldest].firstRequest, &exchanges) }
            while owners[oldest].firstCall != .max { unlist(owners[oldest].firstCall) }
            owners.remove(oldest)
            counters[evicted: .process] &+= 1
        }
        return owners.insert(key, OwnerState())
    }

    private mutating func join(_ request: UInt32, _ owner: UInt32, _ exchanges: inout ExchangeTable) {
        let last = owners[owner].lastRequest
        exchanges[request].owner = owner
        exchanges[request].previousOfOwner = last
        if last == .max { owners[owner].firstRequest = request } else { exchanges[last].nextOfOwner = request }
        owners[owner].lastRequest = request
    }
}
