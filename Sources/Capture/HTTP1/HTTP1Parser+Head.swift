/// Methods that decide how a response is framed.
enum HTTP1Method: UInt8 {
    case other
    case head
    case connect

    /// A method by its name.
    init(_ name: UnsafeRawBufferPointer) {
        self = name.elementsEqual("HEAD".utf8) ? .head : name.elementsEqual("CONNECT".utf8) ? .connect : .other
    }
}

extension HTTP1Parser {
    /// Takes lines of a head off the front of `bytes`.
    mutating func head(
        _ bytes: inout UnsafeRawBufferPointer, of chunk: StreamBytes, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        // Taken out of `self` for the time, so that a line in it can be looked at while `self` changes.
        var buffer = HTTP1LineBuffer()
        swap(&buffer, &self[side].buffer)
        defer { swap(&buffer, &self[side].buffer) }
        while !bytes.isEmpty {
            switch buffer.next(&bytes, limit: exchanges.maximumHead, in: &exchanges) {
            case .none:
                moved(side, body: 0, in: &exchanges)
                return
            case .whole(let text):
                guard line(text, isCut: false, from: side, in: &exchanges) else { return }
            case .kept:
                let isRight = keptLine(buffer, from: side, in: &exchanges)
                buffer.clear(in: &exchanges)
                guard isRight else { return }
            case .blank:
                moved(side, body: 0, in: &exchanges)
                let offset = chunk.offset &+ UInt64(chunk.bytes.count - bytes.count)
                return endHead(side, at: offset, left: UInt64(bytes.count), in: &exchanges)
            }
        }
        moved(side, body: 0, in: &exchanges)
    }

    /// Bytes of a head are missing. What is known of it is kept.
    mutating func headGap(_ side: Side, in exchanges: inout ExchangeTable) {
        if case .headGap = self[side].state { return }
        var buffer = HTTP1LineBuffer()
        swap(&buffer, &self[side].buffer)
        defer {
            buffer.clear(in: &exchanges)
            swap(&buffer, &self[side].buffer)
        }
        // A start line says enough when it is cut; a header that is cut says nothing.
        if !buffer.kept.isEmpty, buffer.hasEnded || self[side].lines == 0 {
            let isWhole = buffer.hasEnded && !buffer.isCut
            guard buffer.kept.withUnsafeBytes({ line($0, isCut: !isWhole, from: side, in: &exchanges) }) else { return }
        }
        guard self[side].lines > 0 else { return fail(side, in: &exchanges) }
        self[side].state = .headGap
    }

    /// Bytes behind missing ones: when a record ends with an empty line, that is where the head ends.
    mutating func headBehindGap(
        _ bytes: inout UnsafeRawBufferPointer, of chunk: StreamBytes, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        let endsBlank = bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) || bytes.suffix(2).elementsEqual("\n\n".utf8)
        guard chunk.endsRecord, endsBlank, let end = bytes.firstIndex(of: 0x0A) else {
            return lose(side, in: &exchanges)
        }
        // The first line is only the rest of one, or else the empty one.
        let isRest = end + 1 < bytes.count && !(end <= 1 && bytes.count == 4)
        self[side].state = .head
        if isRest { bytes = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...]) }
    }

    private mutating func keptLine(
        _ buffer: HTTP1LineBuffer, from side: Side, in exchanges: inout ExchangeTable
    ) -> Bool {
        if buffer.isCut { exchanges.count(.fieldCut) }
        return buffer.kept.withUnsafeBytes { line($0, isCut: buffer.isCut, from: side, in: &exchanges) }
    }

    /// Takes a line in; false when the message is none, which has been dealt with.
    private mutating func line(
        _ line: UnsafeRawBufferPointer, isCut: Bool, from side: Side, in exchanges: inout ExchangeTable
    ) -> Bool {
        self[side].lines &+= 1
        if self[side].lines > 1 {
            header(line, isCut: isCut, from: side, in: &exchanges)
            return true
        }
        switch side {
        case .requester: return requestLine(line, isCut: isCut, in: &exchanges)
        case .responder: return statusLine(line, in: &exchanges)
        }
    }

    private mutating func header(
        _ line: UnsafeRawBufferPointer, isCut: Bool, from side: Side, in exchanges: inout ExchangeTable
    ) {
        guard let colon = line.firstIndex(of: 0x3A) else { return }
        let name = trimmed(UnsafeRawBufferPointer(rebasing: line[0..<colon]))
        let headers = exchanges.headers
        var hasValues = side == .requester && !isCut && exchanges.values.isOn
        headers.match(name) { use in
            hasValues = hasValues && use == .named(.header)
            let value = trimmed(UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]))
            switch use {
            case .contentLength: self[side].framing.add(contentLength: value)
            case .transferEncoding: self[side].framing.add(transferEncoding: value)
            case .upgrade: self[side].upgrade = HTTP1Upgrade(value)
            case .contentEncoding: self[side].isEncoded = !equals(value, "identity")
            case .field(let key):
                if key == .contentType, side == .responder {
                    self[side].isEventStream = isMediaType(value, "text/event-stream")
                }
                guard side == .requester else { return }
                if key == .contentType { request.bodyKind = BodyKind(mediaType: value) }
                exchanges.add(key, .requestHeader, value: value, to: request.handle)
            case .named(let key) where side == .responder:
                guard !isCut else { return }
                exchanges.addResponseHeader(key, name: name, value: value, to: response.handle)
            case .named(let key) where isCut:
                exchanges.addUnknown(key, .requestHeader, name: name, to: request.handle)
            case .named(let key): exchanges.add(key, .requestHeader, name: name, value: value, to: request.handle)
            }
        }
        if hasValues {
            let value = UnsafeRawBufferPointer(rebasing: line[(colon + 1)...])
            exchanges.addValues(header: name, value, to: request.handle)
        }
    }

    private mutating func requestLine(
        _ line: UnsafeRawBufferPointer, isCut: Bool, in exchanges: inout ExchangeTable
    ) -> Bool {
        guard let parts = RequestLine(line, isCut: isCut) else {
            fail(.requester, in: &exchanges)
            return false
        }
        failures = 0
        pairRequest(in: &exchanges)
        let handle = request.handle
        exchanges.setNote(HTTP1Method(parts.method).rawValue, of: handle)
        exchanges.add(.method, .requestHeader, value: parts.method, to: handle)
        exchanges.add(.target, .requestHeader, value: parts.target, to: handle)
        exchanges.addValues(target: parts.target, isCut: isCut, to: handle)
        if !parts.version.isEmpty { exchanges.add(.version, .requestHeader, value: parts.version, to: handle) }
        return true
    }

    private mutating func statusLine(_ line: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        guard let parts = StatusLine(line) else {
            fail(.responder, in: &exchanges)
            return false
        }
        failures = 0
        response.status = parts.status
        // Interim responses are passed over, except the one that is the last (RFC 9110, 15.2).
        if parts.status < 200, parts.status != 101 { return true }
        return pairResponse(in: &exchanges)
    }

    /// The head is complete.
    ///
    /// - Parameters:
    ///   - offset: of the first byte behind it.
    ///   - left: bytes behind it that are at hand.
    private mutating func endHead(_ side: Side, at offset: UInt64, left: UInt64, in exchanges: inout ExchangeTable) {
        self[side].isTentative = false
        self[side].hasSkipped = false
        switch side {
        case .requester: endRequestHead(at: offset, left: left, in: &exchanges)
        case .responder: endResponseHead(at: offset, left: left, in: &exchanges)
        }
    }

    private mutating func endRequestHead(at offset: UInt64, left: UInt64, in exchanges: inout ExchangeTable) {
        let framing = request.framing
        request.awaitsBody = true
        exchanges.open(request.handle)
        if framing.hasTransferEncoding, framing.isChunked {
            request.state = .chunked(ChunkedFraming())
        } else if framing.hasTransferEncoding || framing.isInvalid {
            // No server can tell where this ends; what it answers is still of interest.
            exchanges.count(.malformed)
            lose(.requester, in: &exchanges)
        } else if let length = framing.contentLength, length > 0 {
            beginBody(.requester, length, at: offset, left: left, in: &exchanges)
        } else if exchanges.note(of: request.handle) == HTTP1Method.connect.rawValue {
            exchanges.endRequest(request.handle)
            request.state = .offered
        } else {
            endMessage(.requester, in: &exchanges)
        }
    }

    private mutating func endResponseHead(at offset: UInt64, left: UInt64, in exchanges: inout ExchangeTable) {
        let handle = response.handle
        let method = exchanges.note(of: handle).flatMap(HTTP1Method.init(rawValue:)) ?? .other
        let framing = response.framing
        let status = response.status
        beginEvents(in: &exchanges)
        if status < 200, status != 101 {
            response.state = .start
        } else if status == 101, response.upgrade == .http2 {
            changeToHTTP2(left: left, in: &exchanges)
        } else if status == 101, response.upgrade == .webSocket {
            beginFrames(handle, in: &exchanges)
        } else if status == 101 || (method == .connect && status < 300) {
            exchanges.endRequest(handle)
            exchanges.endResponse(handle)
            exchanges.surrender = status == 101 ? .leftAlone : .changed(to: nil, left: Int(clamping: left))
        } else if method == .head || status == 204 || status == 304 {
            endMessage(.responder, in: &exchanges)
        } else if framing.hasTransferEncoding {
            response.state = framing.isChunked ? .chunked(ChunkedFraming()) : .untilClose
        } else if framing.isInvalid {
            exchanges.count(.malformed)
            lose(.responder, in: &exchanges)
        } else if let length = framing.contentLength {
            guard length > 0 else { return endMessage(.responder, in: &exchanges) }
            beginBody(.responder, length, at: offset, left: left, in: &exchanges)
        } else {
            response.state = .untilClose
        }
    }

    private mutating func beginBody(
        _ side: Side, _ length: UInt64, at offset: UInt64, left: UInt64, in exchanges: inout ExchangeTable
    ) {
        self[side].state = .fixed(length)
        guard !self[side].isEventStream, length > left, length - left > HTTP1Parser.longBody else { return }
        self[side].leavesOutBody = true
        exchanges.want(.lengths(until: offset &+ length), of: side)
    }
}
