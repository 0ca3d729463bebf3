extension FastCGIParser {
    /// A record's header is complete.
    mutating func beginRecord(_ side: Side, in exchanges: inout ExchangeTable) {
        let word = self[side].last.low
        self[side].clear()
        if self[side].isTentative {
            self[side].isTentative = false
            guard resumes(side, word) else { return lose(side, in: &exchanges) }
        }
        guard let record = FastCGIRecord(word, from: side) else {
            failures += 1
            if !hasSucceeded, failures >= FastCGIParser.patience { exchanges.surrender = .unrecognised }
            exchanges.count(.malformed)
            return lose(side, in: &exchanges)
        }
        failures = 0
        self[side].record = record
        self[side].place = place(of: record.request)
        if record.kind == .begin { begin(record.request, in: &exchanges) }
        if record.kind == .getValues { questions = 1 }
        if record.kind == .getValuesResult { questions = 0 }
        let place = self[side].place
        if place >= 0, side == .responder { beginAnswer(place, at: self[side].start, in: &exchanges) }
        advance(side, UInt64(record.length), in: &exchanges)
    }

    /// So many bytes of the record's content are left.
    mutating func advance(_ side: Side, _ left: UInt64, in exchanges: inout ExchangeTable) {
        guard left == 0, let record = self[side].record else {
            self[side].state = .content(left)
            return
        }
        self[side].state = record.padding > 0 ? .padding(UInt64(record.padding)) : .header
        let body = self[side].last.low
        self[side].clear()
        let place = self[side].place
        guard place >= 0 else { return }
        endRecord(record, place, body: body, in: &exchanges)
    }

    private mutating func endRecord(
        _ record: FastCGIRecord, _ place: Int, body: UInt64, in exchanges: inout ExchangeTable
    ) {
        let handle = requests[place].handle
        switch record.kind {
        case .begin:
            requests[place].role = FastCGIRequest.Role(rawValue: UInt8(truncatingIfNeeded: body >> 48)) ?? .responder
            exchanges.requestMoved(handle)
        case .abort:
            requests[place].isAborted = true
            exchanges.requestMoved(handle)
            endRequest(place, in: &exchanges)
        case .parameters where record.length == 0:
            requests[place].endParameters(in: &exchanges)
            exchanges.requestMoved(handle)
            if requests[place].role == .authorizer { exchanges.endRequest(handle) }
        case .input where record.length == 0 && requests[place].role != .filter,
            .data where record.length == 0:
            exchanges.requestMoved(handle)
            endRequest(place, in: &exchanges)
        case .end: finish(place, body: body, in: &exchanges)
        default: break
        }
    }

    /// Takes some of a record's content.
    mutating func content(_ bytes: UnsafeRawBufferPointer, from side: Side, in exchanges: inout ExchangeTable) {
        guard let record = self[side].record else { return }
        if record.kind == .begin || record.kind == .end { self[side].gather(bytes) }
        let place = self[side].place
        guard place >= 0 else { return }
        let handle = requests[place].handle
        switch record.kind {
        case .parameters:
            requests[place].take(parameters: bytes, in: &exchanges)
            exchanges.requestMoved(handle)
        case .input, .data:
            requests[place].take(body: bytes, in: &exchanges)
            exchanges.requestMoved(handle, body: UInt64(bytes.count))
        case .output:
            var rest = bytes
            if !requests[place].header.isDone {
                requests[place].header.take(&rest, of: handle, in: &exchanges)
                if requests[place].header.isDone { exchanges.setStatus(requests[place].header.status, of: handle) }
            }
            exchanges.responseMoved(handle, body: UInt64(rest.count))
        case .error: exchanges.responseMoved(handle)
        default: break
        }
    }

    /// Passes over some of a record's content; false when its place is lost with it.
    mutating func skip(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) -> Bool {
        guard let record = self[side].record, record.kind != .begin, record.kind != .end else { return false }
        let place = self[side].place
        guard place >= 0 else { return true }
        let handle = requests[place].handle
        switch record.kind {
        case .parameters:
            requests[place].parameters.skip(count, in: &exchanges)
            exchanges.requestMoved(handle)
        case .input, .data:
            requests[place].hasBody = true
            exchanges.requestMoved(handle, body: count)
        case .output:
            let isBody = requests[place].header.isDone
            requests[place].header.lose()
            exchanges.responseMoved(handle, body: isBody ? count : Exchange.unknownLength)
        default: break
        }
        return true
    }

    // MARK: Requests

    /// A request's place; -1 when it is not under way.
    func place(of id: UInt16) -> Int {
        guard id != 0, count > 0 else { return -1 }
        return requests.firstIndex { $0.id == id } ?? -1
    }

    private mutating func begin(_ id: UInt16, in exchanges: inout ExchangeTable) {
        let old = request.place
        if old >= 0 {
            // An id is used again only when the request that had it is over: its end was not seen.
            exchanges.close(requests[old].handle, .cutOff)
            release(old, in: &exchanges)
        }
        guard count < FastCGIParser.mostRequests else {
            request.place = -1
            return exchanges.count(.tableFull)
        }
        var free = requests.firstIndex { $0.id == 0 } ?? -1
        if free < 0 {
            free = requests.count
            requests.append(FastCGIRequest())
        }
        let handle = exchanges.begin(key: UInt64(id), offset: request.offset, stream: UInt64(id), at: request.start)
        requests[free].begin(id: id, handle)
        count += 1
        request.place = free
    }

    private mutating func release(_ place: Int, in exchanges: inout ExchangeTable) {
        requests[place].release(in: &exchanges)
        count -= 1
        if request.place == place { request.place = -1 }
        if response.place == place { response.place = -1 }
    }

    /// The last byte of a request is there.
    func endRequest(_ place: Int, in exchanges: inout ExchangeTable) {
        exchanges.endRequest(requests[place].handle)
    }

    private mutating func beginAnswer(_ place: Int, at point: ExecutionPoint, in exchanges: inout ExchangeTable) {
        // An answer in front of the parameters' end can only be a refusal.
        requests[place].endParameters(in: &exchanges)
        guard !requests[place].hasAnswer, exchanges.isOpen(requests[place].handle) else { return }
        requests[place].hasAnswer = true
        if requests[place].header.isLost { return }
        exchanges.beginResponse(requests[place].handle, at: point)
    }

    /// A request's END_REQUEST is complete: what the application exited with, and whether it took the request at all.
    mutating func finish(_ place: Int, body: UInt64, in exchanges: inout ExchangeTable) {
        let handle = requests[place].handle
        guard exchanges.isOpen(handle) else {
            // Without parameters that were seen it has no name.
            exchanges.close(handle, .cutOff)
            return release(place, in: &exchanges)
        }
        exchanges.responseMoved(handle)
        if let refusal = FastCGIParser.refusal(UInt8(truncatingIfNeeded: body >> 24)) {
            fail(handle, refusal, in: &exchanges)
        } else if requests[place].isAborted {
            fail(handle, "ABORT_REQUEST", in: &exchanges)
        } else if body >> 32 != 0, !requests[place].header.isDone, !requests[place].header.isLost {
            exchanges.add(.errorCode, .responseHeader, number: body >> 32, to: handle)
            exchanges.setFailed(handle)
        }
        endRequest(place, in: &exchanges)
        if requests[place].header.isLost {
            exchanges.close(handle, .cutOff)
        } else {
            hasSucceeded = true
            exchanges.endResponse(handle)
        }
        release(place, in: &exchanges)
    }

    private func fail(_ handle: ExchangeHandle, _ code: StaticString, in exchanges: inout ExchangeTable) {
        let name = UnsafeRawBufferPointer(start: code.utf8Start, count: code.utf8CodeUnitCount)
        exchanges.add(.errorCode, .responseHeader, value: name, to: handle)
        exchanges.setFailed(handle)
    }

    /// Why an application takes no request (FastCGI 1.0, 5.5); nil when it took it.
    private static func refusal(_ status: UInt8) -> StaticString? {
        switch status {
        case 0: nil
        case 1: "CANT_MPX_CONN"
        case 2: "OVERLOADED"
        case 3: "UNKNOWN_ROLE"
        default: "_OTHER"
        }
    }
}
