// Frames, one after the other: their headers, what stands in them, and what becomes of a side that has lost its place.
extension HTTP2Parser {
    /// Takes bytes of the client's preface.
    mutating func preface(_ bytes: inout UnsafeRawBufferPointer, _ matched: Int, in exchanges: inout ExchangeTable) {
        let text = HTTP2Signature.preface
        let count = min(bytes.count, text.utf8CodeUnitCount - matched)
        for index in 0..<count where bytes[index] != text.utf8Start[matched + index] {
            exchanges.surrender = .unrecognised
            return
        }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
        guard matched + count == text.utf8CodeUnitCount else { return request.state = .preface(matched + count) }
        request.state = .header
        request.decoder.beginAtStart()
        // A server of which nothing has been seen has said nothing yet.
        if case .lost = response.state, response.misses == 0, response.losses == 0 { response.state = .start }
    }

    /// Takes bytes of a frame's header.
    mutating func frameHeader(
        _ bytes: inout UnsafeRawBufferPointer, of chunk: StreamBytes, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        // A few bytes that could have been a header's beginning, and now what is a frame for certain.
        if self[side].isTentative, self[side].gathered > 0, chunk.startsRecord, bytes.count == chunk.bytes.count,
            chunk.endsRecord, HTTP2Signature.chain(bytes, recordLength: UInt64(bytes.count)).fit == .exact
        {
            self[side].gathered = 0
        }
        if self[side].gathered == 0 {
            self[side].frameStart = exchanges.context.point
            self[side].frameOffset = chunk.offset &+ UInt64(chunk.bytes.count - bytes.count)
            self[side].gatheredBytes = 0
            if bytes.count >= HTTP2FrameHeader.size {
                self[side].frame = HTTP2FrameHeader(bytes)
                bytes = UnsafeRawBufferPointer(rebasing: bytes[HTTP2FrameHeader.size...])
                return beginFrame(side, in: &exchanges)
            }
        }
        while let byte = bytes.first {
            bytes = UnsafeRawBufferPointer(rebasing: bytes[1...])
            self[side].gathered += 1
            guard self[side].gathered == HTTP2FrameHeader.size else {
                self[side].gatheredBytes = self[side].gatheredBytes << 8 | UInt64(byte)
                continue
            }
            self[side].gathered = 0
            self[side].frame = HTTP2FrameHeader(high: self[side].gatheredBytes, last: byte)
            return beginFrame(side, in: &exchanges)
        }
    }

    /// A frame's header is complete.
    private mutating func beginFrame(_ side: Side, in exchanges: inout ExchangeTable) {
        let frame = self[side].frame
        let isTentative = self[side].isTentative
        self[side].isTentative = false
        let isBlockRight: Bool
        if case .none = self[side].block.kind {
            isBlockRight = frame.type != HTTP2FrameType.continuation
        } else {
            isBlockRight = frame.type == HTTP2FrameType.continuation && frame.stream == self[side].block.stream
        }
        guard frame.isPossible, isBlockRight, !isTentative || frame.isPlausible else {
            if !isTentative {
                exchanges.count(.malformed)
                if !hasSucceeded { exchanges.surrender = .unrecognised }
            }
            return lose(side, in: &exchanges)
        }
        self[side].misses = 0
        self[side].value = 0
        self[side].valueCount = 0
        self[side].prefixLeft = frame.prefixLength
        self[side].contentLeft = frame.length - frame.prefixLength
        self[side].paddingLeft = 0
        switch frame.type {
        case HTTP2FrameType.headers:
            if side == .requester { beginRequestBlock(in: &exchanges) } else { beginResponseBlock(in: &exchanges) }
        case HTTP2FrameType.pushPromise:
            self[side].block = HTTP2Direction.Block(kind: .ignored, stream: frame.stream)
        case HTTP2FrameType.settings where side == .responder && !frame.endsStream && response.losses == 0:
            // Its first frame, if the connection was seen from the beginning (RFC 9113, 3.4).
            response.decoder.beginAtStart()
        case HTTP2FrameType.data, HTTP2FrameType.continuation, HTTP2FrameType.reset, HTTP2FrameType.goAway: break
        default:
            self[side].paddingLeft = self[side].contentLeft
            self[side].contentLeft = 0
        }
        proceed(side, in: &exchanges)
    }

    /// Goes on with the next part of the frame of which bytes are to come, or with the next frame.
    mutating func proceed(_ side: Side, in exchanges: inout ExchangeTable) {
        if self[side].prefixLeft > 0 {
            self[side].state = .prefix
        } else if self[side].contentLeft > 0 {
            self[side].state = .content
        } else if self[side].paddingLeft > 0 {
            self[side].state = .padding
        } else {
            self[side].state = .header
            endFrame(side, in: &exchanges)
        }
    }

    /// Takes bytes before the contents: of interest is the padding's length, which comes first.
    mutating func prefix(_ bytes: inout UnsafeRawBufferPointer, from side: Side, in exchanges: inout ExchangeTable) {
        let frame = self[side].frame
        if frame.isPadded, self[side].prefixLeft == frame.prefixLength {
            let padding = UInt32(bytes[0])
            guard padding <= self[side].contentLeft else {
                exchanges.count(.malformed)
                return lose(side, in: &exchanges)
            }
            self[side].contentLeft -= padding
            self[side].paddingLeft = padding
        }
        let step = min(bytes.count, Int(self[side].prefixLeft))
        self[side].prefixLeft -= UInt32(step)
        bytes = UnsafeRawBufferPointer(rebasing: bytes[step...])
        moved(side, body: 0, in: &exchanges)
        proceed(side, in: &exchanges)
    }

    /// Takes bytes of a frame's contents.
    mutating func content(_ bytes: inout UnsafeRawBufferPointer, from side: Side, in exchanges: inout ExchangeTable) {
        let step = min(bytes.count, Int(self[side].contentLeft))
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<step])
        bytes = UnsafeRawBufferPointer(rebasing: bytes[step...])
        self[side].contentLeft -= UInt32(step)
        switch self[side].frame.type {
        case HTTP2FrameType.data: data(part, from: side, in: &exchanges)
        case HTTP2FrameType.headers, HTTP2FrameType.pushPromise, HTTP2FrameType.continuation:
            moved(side, body: 0, in: &exchanges)
            decode(part, from: side, in: &exchanges)
        default:
            for byte in part.prefix(8 - min(self[side].valueCount, 8)) {
                self[side].value = self[side].value << 8 | UInt64(byte)
                self[side].valueCount += 1
            }
        }
        proceed(side, in: &exchanges)
    }

    /// Bytes before the contents are missing. Without the padding's length, contents and padding are one.
    mutating func skipPrefix(_ left: inout UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        let frame = self[side].frame
        if frame.isPadded, self[side].prefixLeft == frame.prefixLength {
            if frame.hasBlock {
                damageBlock(side, in: &exchanges)
            } else {
                lostBody(side, in: &exchanges)
            }
            self[side].paddingLeft = self[side].contentLeft
            self[side].contentLeft = 0
        }
        let step = min(left, UInt64(self[side].prefixLeft))
        self[side].prefixLeft -= UInt32(step)
        left -= step
        proceed(side, in: &exchanges)
    }

    /// Bytes of the contents are missing.
    mutating func skipContent(_ left: inout UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        let step = min(left, UInt64(self[side].contentLeft))
        self[side].contentLeft -= UInt32(step)
        left -= step
        if self[side].frame.type == HTTP2FrameType.data {
            skipData(step, from: side, in: &exchanges)
        } else if self[side].frame.hasBlock {
            moved(side, body: 0, in: &exchanges)
            damageBlock(side, in: &exchanges)
        } else {
            // The code of a reset, a stream's number: not known, and not guessed.
            self[side].paddingLeft &+= self[side].contentLeft
            self[side].contentLeft = 0
            self[side].valueCount = 9
        }
        proceed(side, in: &exchanges)
    }

    /// All bytes of a frame have been seen.
    private mutating func endFrame(_ side: Side, in exchanges: inout ExchangeTable) {
        let frame = self[side].frame
        switch frame.type {
        case HTTP2FrameType.data:
            if frame.endsStream { endStream(frame.stream, side, in: &exchanges) }
        case HTTP2FrameType.headers, HTTP2FrameType.pushPromise, HTTP2FrameType.continuation:
            if frame.endsHeaders { endBlock(side, in: &exchanges) }
        case HTTP2FrameType.reset:
            let code = self[side].valueCount == 4 ? UInt32(truncatingIfNeeded: self[side].value) : nil
            reset(frame.stream, code, side, in: &exchanges)
        case HTTP2FrameType.goAway where side == .responder && self[side].valueCount == 8:
            let last = UInt32(truncatingIfNeeded: self[side].value >> 32) & 0x7FFF_FFFF
            refuse(above: last, in: &exchanges)
        default: break
        }
    }

    /// Looks for a frame at the start of a record; passes over everything else.
    mutating func seek(
        _ bytes: inout UnsafeRawBufferPointer, of chunk: StreamBytes, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        if chunk.startsRecord, bytes.count == chunk.bytes.count {
            if side == .requester, HTTP2Signature.isPreface(bytes) != .no {
                request.state = .start
                return
            }
            let length = chunk.endsRecord ? UInt64(bytes.count) : UInt64.max
            let chain = HTTP2Signature.chain(bytes, recordLength: length)
            if chain.fit == .exact, chain.side == side.other, !hasSucceeded {
                exchanges.surrender = .mistaken
                return
            }
            let isFound: Bool
            switch chain.fit {
            case .exact, .few: isFound = chain.side != side.other
            case .open:
                isFound = chain.frames > 1 || chain.side == side || streams.find(chain.first?.stream ?? 0) != nil
            case .none: isFound = false
            }
            if isFound {
                self[side].state = .header
                self[side].gathered = 0
                self[side].isTentative = true
                return
            }
            self[side].misses += 1
            if self[side].misses >= (hasSucceeded ? HTTP2Parser.longPatience : HTTP2Parser.patience) {
                exchanges.surrender = .unrecognised
            }
        }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
    }

    /// A side has lost its place.
    mutating func lose(_ side: Side, in exchanges: inout ExchangeTable) {
        if case .lost = self[side].state { return }
        if self[side].block.kind == .requestHead { abandonHead(in: &exchanges) }
        self[side].state = .lost
        self[side].gathered = 0
        self[side].isTentative = false
        self[side].block = HTTP2Direction.Block()
        self[side].decoder.lose(in: &exchanges)
        self[side].losses &+= 1
        let losses = self[side].losses
        streams.forEach { streams, place in
            if streams[place].isEarly {
                guard side == .requester else { return }
                exchanges.count(.orphanResponse)
                streams.remove(place)
            } else if side == .responder, losses &- streams[place].responseLosses > 1 {
                exchanges.close(streams[place].handle, .cutOff)
                streams.remove(place)
            }
        }
    }
}
