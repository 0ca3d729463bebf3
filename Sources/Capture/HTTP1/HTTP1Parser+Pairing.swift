extension HTTP1Parser {
    /// Bytes of the message that is under way moved, so many of them of its body.
    mutating func moved(_ side: Side, body: UInt64, in exchanges: inout ExchangeTable) {
        switch side {
        case .requester: exchanges.requestMoved(request.handle, body: body)
        case .responder: exchanges.responseMoved(response.handle, body: body)
        }
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester { request.awaitsBody = false }
        switch self[side].state {
        case .seeking: self[side].hasSkipped = true
        case .start: lose(side, in: &exchanges)
        case .head, .headGap: headGap(side, in: &exchanges)
        case .fixed(let remaining):
            missedEvents(side, in: &exchanges)
            moved(side, body: min(count, remaining), in: &exchanges)
            if count < remaining {
                self[side].state = .fixed(remaining - count)
            } else {
                endMessage(side, in: &exchanges)
                if count > remaining { unknown(count - remaining, from: side, in: &exchanges) }
            }
        case .chunked(var framing):
            missedEvents(side, in: &exchanges)
            let isFollowed = framing.skip(count)
            moved(side, body: isFollowed ? count : Exchange.unknownLength, in: &exchanges)
            self[side].state = isFollowed ? .chunked(framing) : .chunkedLost(0)
        case .chunkedLost:
            missedEvents(side, in: &exchanges)
            moved(side, body: Exchange.unknownLength, in: &exchanges)
            self[side].state = .chunkedLost(0)
        case .untilClose:
            missedEvents(side, in: &exchanges)
            moved(side, body: count, in: &exchanges)
        case .frames(let framing):
            var next = framing
            framed(next.skip(count), next, framing, from: side, in: &exchanges)
        case .offered: request.hasSkipped = true
        }
        lastTime = exchanges.context.point.time
    }

    /// The message that is under way is complete.
    mutating func endMessage(_ side: Side, in exchanges: inout ExchangeTable) {
        if self[side].leavesOutBody || self[side].isEventStream {
            self[side].leavesOutBody = false
            self[side].isEventStream = false
            exchanges.want(.ordinary, of: side)
        }
        self[side].state = .start
        switch side {
        case .requester: exchanges.endRequest(request.handle)
        case .responder:
            let handle = response.handle
            response.handle = .none
            if handle == request.handle {
                // A request whose end could not be told ends with its response.
                switch request.state {
                case .seeking: exchanges.endRequest(handle)
                case .chunkedLost:
                    exchanges.endRequest(handle)
                    request.state = .seeking
                case .offered: request.state = request.hasSkipped ? .seeking : .start
                default: break
                }
            }
            exchanges.endResponse(handle)
            if isPaired, nextResponse == nextRequest { isConfirmed = true }
        }
    }

    /// A message that is none. Not an error where one was only looked for.
    mutating func fail(_ side: Side, in exchanges: inout ExchangeTable) {
        failures += 1
        if !hasSucceeded, failures >= HTTP1Parser.patience {
            exchanges.surrender = .unrecognised
        }
        if !self[side].isTentative { exchanges.count(.malformed) }
        if side == .requester {
            // It was begun, but is no request: whatever was open before stays as it is.
            if self[side].lines <= 1, !exchanges.isOpen(request.handle), case .head = request.state {
                exchanges.close(request.handle, .cutOff)
                request.handle = .none
            }
        }
        guard !self[side].isTentative else {
            self[side].state = .seeking
            self[side].isTentative = false
            self[side].hasSkipped = true
            return
        }
        lose(side, in: &exchanges)
    }

    /// A side has lost its place: bytes are missing, or do not mean anything.
    mutating func lose(_ side: Side, in exchanges: inout ExchangeTable) {
        switch side {
        case .requester:
            // Requests before it keep their place in the order of responses; how many are missing is not known.
            isPaired = false
            switch request.state {
            case .start: request.handle = .none
            case .seeking: break
            default:
                exchanges.open(request.handle)
                exchanges.endRequest(request.handle)
            }
        case .responder: loseResponse(in: &exchanges)
        }
        self[side].state = .seeking
        self[side].hasSkipped = true
        self[side].isTentative = false
        self[side].leavesOutBody = false
        if self[side].isEventStream {
            self[side].isEventStream = false
            exchanges.want(.ordinary, of: side)
        }
    }

    private mutating func loseResponse(in exchanges: inout ExchangeTable) {
        if exchanges.isOpen(response.handle) {
            exchanges.close(response.handle, .cutOff)
        } else {
            let oldest = exchanges.unanswered().first
            if oldest != request.handle || !isInHead(.requester) { exchanges.close(oldest, .cutOff) }
        }
        response.handle = .none
        // A client that waits for each response sent its newest request after all older ones were answered. Of one that
        // is not known to wait, only a single request that is left is told by the order of responses.
        var (oldest, left) = exchanges.unanswered()
        if left > 1, politeRequests < HTTP1Parser.politeness { pipelines = true }
        while left > (pipelines ? 0 : 1) {
            exchanges.close(oldest, .cutOff)
            if pipelines { owed &+= 1 }
            (oldest, left) = exchanges.unanswered()
        }
        isPaired = left == 1
        if left == 1 { nextResponse = exchanges.key(of: oldest) ?? nextResponse }
    }

    private func isInHead(_ side: Side) -> Bool {
        switch self[side].state {
        case .head, .headGap: true
        default: false
        }
    }

    /// A request line was read: decides whether the request's response can be told.
    mutating func pairRequest(in exchanges: inout ExchangeTable) {
        let key = nextRequest
        nextRequest &+= 1
        let (record, time) = (exchanges.context.serial, request.start.time)
        let isCoalesced = lastRequestRecord == record && key > 0
        defer { (lastRequestRecord, lastRequestTime) = (record, time) }
        if isCoalesced { pipelines = true }
        let isWaiting = exchanges.unanswered().count > (request.handle == .none ? 0 : 1)
        politeRequests = isWaiting ? 0 : politeRequests &+ 1
        guard response.isLost || !isPaired else { return }
        let isOwn = request.handle != .none
        var (oldest, count) = exchanges.unanswered()
        if response.isLost, !isCoalesced {
            // Their responses were, or may have been, among what was missed.
            while oldest != request.handle, count > 0 {
                exchanges.close(oldest, .cutOff)
                if pipelines { owed &+= 1 }
                (oldest, count) = exchanges.unanswered()
            }
            response.handle = .none
            response.state = .seeking
        }
        let hasRested = lastTime > 0 && time > lastTime && time - lastTime >= HTTP1Parser.rest
        if count > (isOwn ? 1 : 0) || (pipelines && owed > 0 && !hasRested) {
            exchanges.count(.malformed)
            exchanges.close(request.handle, .cutOff)
            request.handle = .none
            owed &+= 1
            isPaired = false
            return
        }
        owed = 0
        isPaired = true
        isConfirmed = false
        nextResponse = key
        if case .seeking = response.state { response.hasSkipped = false }
    }

    /// A status line was read: finds its request; false when there is none.
    mutating func pairResponse(in exchanges: inout ExchangeTable) -> Bool {
        let handle = exchanges.find(key: nextResponse)
        guard handle != .none, nextResponse < nextRequest else {
            exchanges.count(.orphanResponse)
            if owed > 0 { owed -= 1 }
            // Without its request, a response's length is not known for certain (HEAD has none).
            isPaired = false
            response.state = .seeking
            response.hasSkipped = true
            response.isTentative = false
            return false
        }
        let waiting = exchanges.unanswered().count
        if !isConfirmed, waiting > 1 {
            // Joined in the middle of a pipeline: how far behind the responses are is not known.
            pipelines = true
            lose(.responder, in: &exchanges)
            exchanges.count(.orphanResponse)
            return false
        }
        nextResponse &+= 1
        hasSucceeded = true
        // More than one request was waiting: by intent, unless it is a matter of moments (two threads' records).
        let point = exchanges.context.point
        if waiting > 2 || (waiting == 2 && point.time > lastRequestTime && point.time - lastRequestTime > 20_000_000) {
            pipelines = true
        }
        response.handle = handle
        exchanges.beginResponse(handle, at: response.start)
        exchanges.setStatus(response.status, of: handle)
        return true
    }
}
