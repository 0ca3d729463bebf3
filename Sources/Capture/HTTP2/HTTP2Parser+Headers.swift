// Header blocks: decoded as they come, wherever they are cut, and what their headers mean.
extension HTTP2Parser {
    /// A HEADERS frame of the requester begins.
    mutating func beginRequestBlock(in exchanges: inout ExchangeTable) {
        let frame = request.frame
        var block = HTTP2Direction.Block(stream: frame.stream, endsStream: frame.endsStream, start: request.frameStart)
        let place = streams.find(frame.stream)
        if let place, !streams[place].isEarly {
            block.kind = .requestTrailers
            heard(place, .requester, in: &exchanges)
        } else if frame.stream & 1 == 1, place != nil || frame.stream > newest {
            newest = frame.stream
            block.kind = .requestHead
            let handle = exchanges.begin(
                key: UInt64(frame.stream), offset: request.frameOffset, stream: UInt64(frame.stream),
                at: request.frameStart)
            if let place {
                if handle == .none { streams.remove(place) } else { streams.found(handle, for: place) }
            } else if handle != .none {
                _ = streams.add(HTTP2Stream(id: frame.stream, handle: handle, responseLosses: response.losses))
            }
            if let place = streams.find(frame.stream) {
                streams[place].start = request.frameStart.time
                streams[place].requestLosses = request.losses
            }
        } else {
            block.kind = .ignored
        }
        request.block = block
    }

    /// A HEADERS frame of the responder begins.
    mutating func beginResponseBlock(in exchanges: inout ExchangeTable) {
        let frame = response.frame
        var block = HTTP2Direction.Block(
            stream: frame.stream, endsStream: frame.endsStream, start: response.frameStart)
        if let place = streams.find(frame.stream) {
            block.kind = streams[place].hasResponseBegun ? .responseTrailers : .responseHead
            heard(place, .responder, in: &exchanges)
        } else if frame.stream & 1 == 0 {
            // Pushed.
            block.kind = .ignored
        } else if frame.stream > newest, request.state != .lost,
            streams.addEarly(HTTP2Stream(id: frame.stream, responseLosses: response.losses)) != nil
        {
            block.kind = .responseHead
        } else {
            block.kind = .orphan
        }
        response.block = block
    }

    /// Decodes a part of a block.
    mutating func decode(_ part: UnsafeRawBufferPointer, from side: Side, in exchanges: inout ExchangeTable) {
        guard !self[side].block.isDamaged else { return }
        guard let inflater = self[side].decoder.current(in: &exchanges) else {
            return self[side].block.isDamaged = true
        }
        var rest = part
        while true {
            switch inflater.next(&rest) {
            case .more: return
            case .failed:
                exchanges.count(.malformed)
                self[side].decoder.failed(in: &exchanges)
                self[side].block.isDamaged = true
                return
            case .header(let name, let value):
                // Each byte of a block may stand for a long header.
                let size = self[side].block.size
                guard size < HTTP2Parser.mostHeaders else { continue }
                self[side].block.size = size &+ name.count &+ value.count &+ 32
                if self[side].block.size >= HTTP2Parser.mostHeaders { exchanges.count(.fieldCut) }
                header(name, value, from: side, in: &exchanges)
            }
        }
    }

    /// Bytes of a block are missing: the rest of it cannot be decoded, and what comes after it refers to what is not known.
    mutating func damageBlock(_ side: Side, in exchanges: inout ExchangeTable) {
        self[side].block.isDamaged = true
        self[side].decoder.lose(in: &exchanges)
    }

    /// A block is complete.
    mutating func endBlock(_ side: Side, in exchanges: inout ExchangeTable) {
        if !self[side].block.isDamaged, let inflater = self[side].decoder.current(in: &exchanges) {
            if inflater.endBlock() {
                self[side].decoder.endBlock(in: &exchanges)
            } else {
                exchanges.count(.malformed)
                self[side].decoder.failed(in: &exchanges)
                self[side].block.isDamaged = true
            }
        }
        let block = self[side].block
        self[side].block = HTTP2Direction.Block()
        switch block.kind {
        case .none, .ignored: break
        case .orphan: if block.status >= 200 { exchanges.count(.orphanResponse) }
        case .requestHead: endRequestHead(block, in: &exchanges)
        case .requestTrailers:
            if block.endsStream { endStream(block.stream, .requester, in: &exchanges) }
        case .responseHead: endResponseHead(block, in: &exchanges)
        case .responseTrailers: endTrailers(block, in: &exchanges)
        }
    }

    private mutating func header(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        guard let first = name.first, !HeaderInflater.isUnknown(name) else {
            return self[side].block.hasUnknown = true
        }
        switch (side, self[side].block.kind) {
        case (.requester, .requestHead):
            if first == UInt8(ascii: ":") {
                pseudoHeader(name, value, in: &exchanges)
            } else {
                requestHeader(name, value, in: &exchanges)
            }
        case (.responder, .responseHead), (.responder, .orphan), (.responder, .responseTrailers):
            responseHeader(name, value, in: &exchanges)
        default: break
        }
    }

    private mutating func pseudoHeader(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        switch name.count {
        case 7 where HTTP2Text.isEqual(name, ":method"): keep(value, in: method, limit: 32, &exchanges)
        case 5 where HTTP2Text.isEqual(name, ":path"):
            keep(value, in: path, limit: HTTP2Parser.longestPath, &exchanges)
        case 7 where HTTP2Text.isEqual(name, ":scheme"):
            guard value.count <= HTTP2Parser.longestScheme, !HTTP2Text.isEqual(value, "http") else { break }
            add(.scheme, value, in: &exchanges)
        case 10 where HTTP2Text.isEqual(name, ":authority"):
            request.block.hasAuthority = true
            add(.authority, value, in: &exchanges)
        default:
            guard HTTP2Text.isEqual(name, ":status") else { return }
            // The sides were taken for each other.
            abandonHead(in: &exchanges)
            request.block.kind = .ignored
            if !hasSucceeded { exchanges.surrender = .mistaken }
            return
        }
        request.block.isRequest = true
    }

    private mutating func requestHeader(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        if HTTP2Text.isEqual(name, "content-type") {
            request.block.hasContentType = true
            request.block.isGRPC = HTTP2Text.isGRPC(value)
        } else if HTTP2Text.begins(name, with: "grpc-") {
            request.block.isGRPC = true
            if HTTP2Text.isEqual(name, "grpc-timeout") {
                request.block.timeout = GRPCTimeout.nanoseconds(value) ?? 0
            }
        }
        guard let place = streams.find(request.block.stream) else { return }
        let handle = streams[place].handle
        let hasAuthority = request.block.hasAuthority
        let headers = exchanges.headers
        var hasValues = exchanges.values.isOn
        headers.match(name) { use in
            hasValues = hasValues && use == .named(.header)
            switch use {
            case .field(.contentType) where streams[place].bodyKind != .none:
                streams[place].bodyKind = BodyKind(mediaType: value)
                exchanges.add(.contentType, .requestHeader, value: value, to: handle)
            case .contentEncoding where !HTTP2Text.isEqual(value, "identity"): streams[place].bodyKind = .none
            case .contentLength, .transferEncoding, .upgrade, .contentEncoding: break
            case .field(.authority) where hasAuthority: break
            case .field(let key): exchanges.add(key, .requestHeader, value: value, to: handle)
            case .named(let key): exchanges.add(key, .requestHeader, name: name, value: value, to: handle)
            }
        }
        if hasValues { exchanges.addValues(header: name, value, to: handle) }
    }

    private mutating func responseHeader(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        if HTTP2Text.isEqual(name, ":status") {
            guard value.count == 3, value.allSatisfy({ $0 &- 0x30 < 10 }) else { return }
            response.block.status = value.reduce(0) { $0 * 10 + Int32($1 - 0x30) }
        } else if HTTP2Text.isEqual(name, "grpc-status") {
            response.block.isGRPC = true
            response.block.grpcStatus = GRPCStatus(value)
        } else if HTTP2Text.isEqual(name, "content-type") {
            response.block.isGRPC = response.block.isGRPC || HTTP2Text.isGRPC(value)
        } else if HTTP2Text.isEqual(name, ":method"), !hasSucceeded {
            exchanges.surrender = .mistaken
        }
        // Neither trailers nor interim responses say anything of the request.
        guard response.block.kind == .responseHead, response.block.status == 0 || response.block.status >= 200,
            let place = streams.find(response.block.stream)
        else { return }
        let handle = streams[place].handle
        let headers = exchanges.headers
        headers.match(name) { use in
            guard case .named(let key) = use else { return }
            exchanges.addResponseHeader(key, name: name, value: value, to: handle)
        }
    }

    private mutating func keep(
        _ value: UnsafeRawBufferPointer, in kept: KeptBytes, limit: Int, _ exchanges: inout ExchangeTable
    ) {
        let count = min(value.count, limit)
        if count < value.count { exchanges.count(.fieldCut) }
        // A second one would be a fault of the sender's.
        guard kept.count == 0, count > 0, exchanges.reserve(count) else { return }
        reserved += count
        kept.append(UnsafeRawBufferPointer(rebasing: value[..<count]))
    }

    private mutating func add(_ key: FieldKey, _ value: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard let place = streams.find(request.block.stream) else { return }
        exchanges.add(key, .requestHeader, value: value, to: streams[place].handle)
    }
}

/// Comparing names and values of headers.
enum HTTP2Text {
    /// Whether bytes are a word.
    static func isEqual(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && begins(bytes, with: word)
    }

    /// Whether bytes begin with a word.
    static func begins(_ bytes: UnsafeRawBufferPointer, with word: StaticString) -> Bool {
        guard bytes.count >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount where bytes[index] != word.utf8Start[index] { return false }
        return true
    }

    /// Whether a content type is gRPC's, with whatever encoding of messages; gRPC-Web's is none.
    static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
        let name: StaticString = "application/grpc"
        guard begins(value, with: name) else { return false }
        guard value.count > name.utf8CodeUnitCount else { return true }
        switch value[name.utf8CodeUnitCount] {
        case UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: " "): return true
        default: return false
        }
    }
}
