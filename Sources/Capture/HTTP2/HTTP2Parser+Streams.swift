// What becomes of a stream: its request, its response, and how it ends.
extension HTTP2Parser {
    /// The head of a request is complete.
    mutating func endRequestHead(_ block: HTTP2Direction.Block, in exchanges: inout ExchangeTable) {
        defer { clearHead(in: &exchanges) }
        guard let place = streams.find(block.stream) else { return }
        // Trailers of a request whose head was missed.
        guard block.isRequest || block.hasUnknown || block.isDamaged else { return forget(place, in: &exchanges) }
        let handle = streams[place].handle
        let isUndecided = (block.hasUnknown || block.isDamaged) && !block.hasContentType
        streams[place].isGRPC = streams[place].isGRPC || block.isGRPC || (isUndecided && hasCalls)
        streams[place].mayBeGRPC = isUndecided
        streams[place].timeout = block.timeout
        if streams[place].isGRPC {
            hasCalls = true
            addCall(to: handle, in: &exchanges)
        } else {
            if method.count > 0 { exchanges.add(.method, .requestHeader, value: method.bytes, to: handle) }
            if path.count > 0 { exchanges.add(.target, .requestHeader, value: path.bytes, to: handle) }
            exchanges.addValues(target: path.bytes, isCut: path.count == HTTP2Parser.longestPath, to: handle)
            withUnsafeBytes(of: UInt8(ascii: "2")) { exchanges.add(.version, .requestHeader, value: $0, to: handle) }
        }
        if isUndecided, path.count == 0 {
            if carriesTelemetry { exchanges.setCarriesTelemetry(handle) }
            streams[place].awaitsBody = !carriesTelemetry && !block.endsStream
        }
        if !streams[place].awaitsBody { exchanges.open(handle) }
        if block.endsStream { endStream(block.stream, .requester, in: &exchanges) }
        catchUp(block.stream, in: &exchanges)
    }

    /// Opens what waited for its body.
    private mutating func openLate(_ place: Int32, in exchanges: inout ExchangeTable) {
        guard streams[place].awaitsBody else { return }
        streams[place].awaitsBody = false
        exchanges.open(streams[place].handle)
    }

    /// The head of a request breaks off: what was read of it is all that will be.
    mutating func abandonHead(in exchanges: inout ExchangeTable) {
        clearHead(in: &exchanges)
        if let place = streams.find(request.block.stream) { forget(place, in: &exchanges) }
    }

    /// The head of a response is complete.
    mutating func endResponseHead(_ block: HTTP2Direction.Block, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(block.stream) else { return }
        // Interim responses are passed over (RFC 9113, 8.1).
        guard block.status == 0 || block.status >= 200 || block.endsStream else { return }
        hasSucceeded = hasSucceeded || !streams[place].isEarly
        streams[place].hasResponseBegun = true
        streams[place].responseStart = block.start
        streams[place].status = block.status
        exchanges.beginResponse(streams[place].handle, at: block.start)
        if block.status > 0 { exchanges.setStatus(block.status, of: streams[place].handle) }
        endTrailers(block, in: &exchanges)
    }

    /// Trailers are complete, or a head that may be both (gRPC's "Trailers-Only").
    mutating func endTrailers(_ block: HTTP2Direction.Block, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(block.stream) else { return }
        if block.kind == .responseTrailers { streams[place].hasTrailers = true }
        if block.hasUnknown || block.isDamaged { streams[place].hasUnknownHeaders = true }
        if let status = block.grpcStatus { streams[place].grpcStatus = status }
        if block.isGRPC, !streams[place].isGRPC { becomeCall(place, in: &exchanges) }
        if block.endsStream { endStream(block.stream, .responder, in: &exchanges) }
    }

    /// Bytes of a body.
    mutating func data(_ bytes: UnsafeRawBufferPointer, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester {
            recogniseTelemetry(bytes, in: &exchanges)
            addValues(bytes, in: &exchanges)
        }
        body(UInt64(bytes.count), from: side, in: &exchanges) { $0.take(bytes) }
    }

    /// The first bytes of the body of a request that waits for it.
    private mutating func recogniseTelemetry(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(request.frame.stream), streams[place].awaitsBody, OTLPMessage.begins(bytes)
        else { return }
        carriesTelemetry = true
        exchanges.setCarriesTelemetry(streams[place].handle)
    }

    /// The first bytes of a request's body; what comes later is passed over.
    private mutating func addValues(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(request.frame.stream), !streams[place].hasBody, !bytes.isEmpty else { return }
        streams[place].hasBody = true
        let kind = streams[place].isGRPC && streams[place].bodyKind == .unknown ? .grpc : streams[place].bodyKind
        let isCut = request.contentLeft > 0 || !request.frame.endsStream
        exchanges.addValues(body: bytes, kind, isCut: isCut, to: streams[place].handle)
    }

    /// Bytes of a body of which only the number is known.
    mutating func skipData(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .requester, let place = streams.find(request.frame.stream) { streams[place].hasBody = true }
        body(count, from: side, in: &exchanges) { $0.skip(count) }
    }

    /// How many bytes of the frame belong to the body is not known.
    mutating func lostBody(_ side: Side, in exchanges: inout ExchangeTable) {
        body(Exchange.unknownLength, from: side, in: &exchanges) { $0.lose() }
    }

    private mutating func body(
        _ count: UInt64, from side: Side, in exchanges: inout ExchangeTable, _ update: (inout GRPCMessages) -> Void
    ) {
        guard let place = streams.find(self[side].frame.stream) else { return }
        if side == .requester { openLate(place, in: &exchanges) }
        heard(place, side, in: &exchanges)
        let isCounted = streams[place].isGRPC || streams[place].mayBeGRPC || streams[place].isEarly
        if isCounted {
            if side == .requester {
                update(&streams[place].requestMessages)
            } else {
                update(&streams[place].responseMessages)
            }
        }
        if streams[place].isEarly {
            streams[place].earlyBody = ExchangeTable.sum(streams[place].earlyBody, count)
        } else {
            moved(side, body: count, in: &exchanges)
        }
    }

    /// A stream is heard of: when its side lost its place since the last time, some of the body may be missing.
    mutating func heard(_ place: Int32, _ side: Side, in exchanges: inout ExchangeTable) {
        switch side {
        case .requester where streams[place].requestLosses != request.losses:
            streams[place].requestLosses = request.losses
            streams[place].requestMessages.lose()
            exchanges.requestMoved(streams[place].handle, body: Exchange.unknownLength)
        case .responder where streams[place].responseLosses != response.losses:
            streams[place].responseLosses = response.losses
            streams[place].responseMessages.lose()
            exchanges.responseMoved(streams[place].handle, body: Exchange.unknownLength)
        default: break
        }
    }

    /// Bytes of the frame that is under way moved.
    mutating func moved(_ side: Side, body: UInt64, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(self[side].frame.stream) else { return }
        switch side {
        case .requester: exchanges.requestMoved(streams[place].handle, body: body)
        case .responder:
            guard streams[place].hasResponseBegun else { return }
            exchanges.responseMoved(streams[place].handle, body: body)
        }
    }

    /// A side has said all it says on a stream.
    mutating func endStream(_ id: UInt32, _ side: Side, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(id) else { return }
        switch side {
        case .requester:
            openLate(place, in: &exchanges)
            streams[place].hasRequestEnded = true
            exchanges.endRequest(streams[place].handle)
        case .responder: streams[place].hasResponseEnded = true
        }
        finish(place, in: &exchanges)
    }

    /// A stream was reset.
    mutating func reset(_ id: UInt32, _ code: UInt32?, _ side: Side, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(id), !streams[place].isEarly else { return }
        openLate(place, in: &exchanges)
        streams[place].hasRequestEnded = true
        if streams[place].hasResponseEnded { return finish(place, in: &exchanges) }
        let handle = streams[place].handle
        if side == .requester { exchanges.requestMoved(handle) } else { exchanges.responseMoved(handle) }
        let isCancelled = side == .requester && (code == HTTP2ErrorCode.cancel || code == HTTP2ErrorCode.none)
        if isCall(streams[place]) {
            if !streams[place].isGRPC { becomeCall(place, in: &exchanges) }
            streams[place].grpcStatus =
                isCancelled
                ? (hasTimedOut(streams[place], exchanges) ? .deadlineExceeded : .cancelled)
                : code.map { GRPCStatus(reset: $0) }
            if code == nil { exchanges.setFailed(handle) }
        } else {
            if let code { addCode(HTTP2ErrorCode.name(code), code, to: handle, in: &exchanges) }
            // A server is not at fault for what its client does not want any more.
            if !isCancelled || exchanges.context.role == .client { exchanges.setFailed(handle) }
        }
        streams[place].hasResponseEnded = true
        finish(place, in: &exchanges)
    }

    /// The server takes no streams above one: what was asked there it has not looked at.
    mutating func refuse(above last: UInt32, in exchanges: inout ExchangeTable) {
        guard last < lastTaken else { return }
        lastTaken = last
        var refused: [UInt32] = []
        streams.forEach { streams, place in
            if streams[place].id > last, !streams[place].isEarly { refused.append(streams[place].id) }
        }
        for id in refused { reset(id, HTTP2ErrorCode.refusedStream, .responder, in: &exchanges) }
    }

    /// Ends the exchange if all of it was seen.
    private mutating func finish(_ place: Int32, in exchanges: inout ExchangeTable) {
        let stream = streams[place]
        guard stream.hasResponseEnded, !stream.isEarly else { return }
        // A call is over with its status, whatever its caller has left to say; a request whose end was perhaps missed,
        // with its response.
        let hasMissed =
            !stream.hasRequestEnded && (stream.requestLosses != request.losses || request.state == .lost)
        guard stream.hasRequestEnded || hasMissed || isCall(stream) else { return }
        let handle = stream.handle
        if hasMissed {
            exchanges.requestMoved(handle, body: Exchange.unknownLength)
            streams[place].requestMessages.lose()
        }
        if isCall(stream) {
            if !stream.isGRPC { becomeCall(place, in: &exchanges) }
            endCall(streams[place], in: &exchanges)
        }
        exchanges.endRequest(handle)
        exchanges.endResponse(handle)
        streams.remove(place)
    }

    /// A response came before its request was seen: now it can be told of.
    private mutating func catchUp(_ id: UInt32, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(id), streams[place].hasResponseBegun else { return }
        hasSucceeded = true
        let stream = streams[place]
        exchanges.beginResponse(stream.handle, at: stream.responseStart)
        if stream.status > 0 { exchanges.setStatus(stream.status, of: stream.handle) }
        exchanges.responseMoved(stream.handle, body: stream.earlyBody)
        finish(place, in: &exchanges)
    }

    /// An exchange that is none.
    private mutating func forget(_ place: Int32, in exchanges: inout ExchangeTable) {
        exchanges.close(streams[place].handle, .cutOff)
        streams.remove(place)
    }
}
