extension FastCGIParser {
    /// A side has lost its place.
    mutating func lose(_ side: Side, in exchanges: inout ExchangeTable) {
        let place = self[side].place
        self[side].state = .lost
        self[side].clear()
        self[side].record = nil
        self[side].place = -1
        if self[side.other].isLost { return giveUp(in: &exchanges) }
        if side == .requester, place >= 0, !requests[place].hasParameters {
            // What is known of it is used.
            requests[place].endParameters(in: &exchanges)
        }
        movedUnseen(side, in: &exchanges)
    }

    /// Both sides have lost their place: what is answered by now cannot be told.
    private mutating func giveUp(in exchanges: inout ExchangeTable) {
        for place in requests.indices where requests[place].id != 0 {
            exchanges.close(requests[place].handle, .cutOff)
            requests[place].release(in: &exchanges)
        }
        count = 0
        request.place = -1
        response.place = -1
    }

    /// Bytes of a side moved of which it is not known to what they belong.
    mutating func movedUnseen(_ side: Side, in exchanges: inout ExchangeTable) {
        for place in requests.indices where requests[place].id != 0 {
            let handle = requests[place].handle
            if side == .responder {
                requests[place].header.lose()
                if requests[place].hasAnswer { exchanges.responseMoved(handle, body: Exchange.unknownLength) }
            } else if count == 1, requests[place].hasParameters {
                exchanges.requestMoved(handle, body: Exchange.unknownLength)
            }
        }
    }

    /// Whether bytes at the start of a call may begin a record again; where a header is cut, its first bytes will do.
    func mayResume(_ side: Side, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count < FastCGIRecord.headerLength else {
            guard resumes(side, FastCGIRecord.word(bytes)) else { return false }
            return bytes[1] != FastCGIRecord.Kind.begin.rawValue || bytes.count < 16
                || FastCGIRecord.isBegin(FastCGIRecord.word(bytes, at: 8))
        }
        return bytes.first == 1 && (bytes.count < 2 || FastCGIRecord.Kind(rawValue: bytes[1])?.side == side)
    }

    /// Whether a header begins a record again: a request, or something of one that is under way.
    func resumes(_ side: Side, _ word: UInt64) -> Bool {
        guard word & 0xFF == 0, let record = FastCGIRecord(word, from: side) else { return false }
        switch record.kind {
        case .begin: return true
        case .abort, .input, .data, .end, .output, .error: return place(of: record.request) >= 0
        case .parameters, .getValues, .getValuesResult, .unknownType: return false
        }
    }

    /// Looks for what ends a request or an answer in the last bytes of a call.
    mutating func findEnd(_ side: Side, in exchanges: inout ExchangeTable) {
        let (high, low) = self[side].last
        let word = side == .requester ? low : high
        guard word & 0xFF == 0, let record = FastCGIRecord(word, from: side), record.padding == 0 else { return }
        let place = place(of: record.request)
        guard place >= 0 else { return }
        switch record.kind {
        case .input where record.length == 0 && requests[place].role == .responder:
            exchanges.endRequest(requests[place].handle)
        case .end where low & 0xFF_FFFF == 0 && low >> 24 & 0xFF <= 3: finish(place, body: low, in: &exchanges)
        default: return
        }
        self[side].clear()
        self[side].state = .header
    }
}
