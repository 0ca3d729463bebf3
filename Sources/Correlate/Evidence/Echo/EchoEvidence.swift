import Capture

/// Values of a request that reappear in a call: ids in paths, tokens of sessions, what a form said. Each is weighted by how
/// rare it is among the requests and the calls of its owner (``EchoWeight``), and by how far values like it have been right
/// there. Values are known by salted hashes alone.
///
/// Requests that are over are remembered for a while at reduced weight: what goes on behind an answer may still carry their
/// values. What the response to a call brought, and a later call carries, is not followed.
///
/// Everything is bounded: what was seen once and is in no request's use goes first, then what was, then the values of
/// requests that are over, then those of the request that has been open for longest.
struct EchoEvidence: ~Copyable {
    /// A value that more of the open requests carry says too little to go through them.
    static let mostSharers: UInt32 = 16
    /// Requests that are over are looked at, of one value.
    static let mostClosed = 4
    /// A value that so large a share of requests carries is not listed with them.
    private static let common: Float = 0.5
    /// So many requests must have come before anything is called common.
    private static let fewRequests: Float = 32

    var owners: SlabTable<OwnerKey, EchoOwner>
    var values: SlabTable<EchoValueKey, EchoValue>
    var uses: SlabTable<EchoUseKey, EchoUse>
    var requests: SlabTable<EchoRequestKey, EchoRequest>
    var scores: [EchoScore] = []
    private let retention: UInt64
    /// Values and requests that made room for others, or for which there was none.
    private(set) var evictions: UInt64 = 0

    /// Values in no request's use that were seen once, or more often, and those in use, each by when they were last seen.
    private static var seenOnce: Int { 0 }
    private static var seenAgain: Int { 1 }
    private static var inUse: Int { 2 }
    /// Requests that are open, and that are over, in the order in which they became so.
    private static var open: Int { 0 }
    private static var closed: Int { 1 }

    init(options: CorrelateOptions) {
        // Where values are of no interest they take no room.
        owners = SlabTable(capacity: options.usesValues ? options.maximumProcesses : 1)
        values = SlabTable(capacity: options.usesValues ? options.maximumEchoValues : 1)
        uses = SlabTable(capacity: options.usesValues ? options.maximumEchoUses : 1)
        requests = SlabTable(capacity: options.usesValues ? options.maximumExchanges : 1)
        retention = options.retention
    }

    /// A request was read, with these values. One that had its number before is forgotten.
    mutating func opened(_ request: UInt32, of owner: OwnerKey, values: borrowing ValueHashes, at time: UInt64) {
        forget(request)
        let owner = findOrAdd(owner)
        if requests.isFull, let oldest = requests.oldest(EchoEvidence.closed) ?? requests.oldest(EchoEvidence.open) {
            remove(oldest)
            evictions &+= 1
        }
        owners[owner].open += 1
        owners[owner].requests &+= 1
        let slot = requests.insert(
            EchoRequestKey(request: request), EchoRequest(owner: owners.reference(to: owner), start: time),
            queue: EchoEvidence.open)
        list(values, with: slot)
    }

    /// More became known of a request, as a body that came after its head; values it has already are passed over.
    mutating func added(_ values: borrowing ValueHashes, to request: UInt32) {
        guard let slot = requests.find(EchoRequestKey(request: request)) else { return }
        list(values, with: slot)
    }

    /// A request is over.
    mutating func closed(_ request: UInt32, at time: UInt64) {
        guard let slot = requests.find(EchoRequestKey(request: request)), requests[slot].isOpen else { return }
        if owners.contains(requests[slot].owner) { owners[requests[slot].owner.slot].open -= 1 }
        requests[slot].isOpen = false
        requests[slot].end = time
        requests.move(slot, to: EchoEvidence.closed)
        var use = requests[slot].firstUse
        while use != .max {
            unlink(use, wasOpen: true)
            link(use, isOpen: false)
            use = uses[use].nextOfRequest
        }
    }

    /// A request is not remembered any more; its number may be another's from here on.
    mutating func forget(_ request: UInt32) {
        if let slot = requests.find(EchoRequestKey(request: request)) { remove(slot) }
    }

    /// Forgets requests that have been over for long.
    mutating func forgetExpired(_ watermark: UInt64) {
        while let oldest = requests.oldest(EchoEvidence.closed) {
            let (expiry, overflow) = requests[oldest].end.addingReportingOverflow(retention)
            guard !overflow, expiry <= watermark else { return }
            remove(oldest)
        }
    }

    // MARK: Tables

    private mutating func list(_ hashes: borrowing ValueHashes, with slot: UInt32) {
        let (request, owner) = (requests.key(of: slot).request, requests[slot].owner)
        guard owners.contains(owner) else { return }
        let now = owners[owner.slot].requests
        let full = DecayingCount.full(at: now)
        for index in 0..<hashes.count {
            guard let value = findOrAdd(EchoValueKey(owner: owner, hash: hashes[index].bits)) else { continue }
            let key = EchoUseKey(request: request, value: value)
            guard uses.find(key) == nil else { continue }
            values[value].requests.add(at: now)
            let share = values[value].requests.value(at: now) / full
            if full >= EchoEvidence.fewRequests, share > EchoEvidence.common { continue }
            guard makeRoom(besides: slot) else {
                evictions &+= 1
                continue
            }
            let use = uses.insert(key, EchoUse(nextOfRequest: requests[slot].firstUse))
            requests[slot].firstUse = use
            link(use, isOpen: requests[slot].isOpen)
            values.move(value, to: EchoEvidence.inUse)
        }
    }

    /// Makes room for one more use, by forgetting another request.
    private mutating func makeRoom(besides request: UInt32) -> Bool {
        while uses.isFull {
            guard let oldest = requests.oldest(EchoEvidence.closed) ?? requests.oldest(EchoEvidence.open),
                oldest != request
            else { return false }
            remove(oldest)
            evictions &+= 1
        }
        return true
    }

    private mutating func remove(_ slot: UInt32) {
        let request = requests[slot]
        if request.isOpen, owners.contains(request.owner) { owners[request.owner.slot].open -= 1 }
        var use = request.firstUse
        while use != .max {
            let (next, value) = (uses[use].nextOfRequest, uses.key(of: use).value)
            unlink(use, wasOpen: request.isOpen)
            uses.remove(use)
            if values[value].open + values[value].closed == 0 { values.move(value, to: idleQueue(of: value)) }
            use = next
        }
        requests.remove(slot)
    }

    private mutating func link(_ use: UInt32, isOpen: Bool) {
        let value = uses.key(of: use).value
        let first = isOpen ? values[value].firstOpen : values[value].firstClosed
        uses[use].previous = .max
        uses[use].next = first
        if first != .max { uses[first].previous = use }
        if isOpen {
            values[value].firstOpen = use
            values[value].open += 1
        } else {
            values[value].firstClosed = use
            values[value].closed += 1
        }
    }

    private mutating func unlink(_ use: UInt32, wasOpen: Bool) {
        let value = uses.key(of: use).value
        let (previous, next) = (uses[use].previous, uses[use].next)
        if previous != .max { uses[previous].next = next }
        if next != .max { uses[next].previous = previous }
        if wasOpen {
            if previous == .max { values[value].firstOpen = next }
            values[value].open -= 1
        } else {
            if previous == .max { values[value].firstClosed = next }
            values[value].closed -= 1
        }
    }

    private func idleQueue(of value: UInt32) -> Int {
        values[value].isKnown ? EchoEvidence.seenAgain : EchoEvidence.seenOnce
    }

    /// A value that was seen. One in use does not make room for others.
    mutating func findOrAdd(_ key: EchoValueKey) -> UInt32? {
        if let value = values.find(key) {
            values[value].isKnown = true
            values.move(
                value, to: values[value].open + values[value].closed > 0 ? EchoEvidence.inUse : EchoEvidence.seenAgain)
            return value
        }
        if values.isFull {
            guard let oldest = values.oldest(EchoEvidence.seenOnce) ?? values.oldest(EchoEvidence.seenAgain) else {
                evictions &+= 1
                return nil
            }
            values.remove(oldest)
        }
        return values.insert(key, EchoValue(), queue: EchoEvidence.seenOnce)
    }

    mutating func findOrAdd(_ key: OwnerKey) -> UInt32 {
        if let owner = owners.find(key) {
            owners.move(owner)
            return owner
        }
        if owners.isFull, let oldest = owners.oldest() {
            // Its requests and values name it by its generation, and are not found again.
            owners.remove(oldest)
            evictions &+= 1
        }
        return owners.insert(key, EchoOwner())
    }
}
