/// Tells HTTP/2 by the first bytes of a record: the client's preface, or frame headers one after the other that end where
/// the record ends. Which side sent frames is told by the pseudo-headers of a header block, which the static table of
/// HPACK has and everybody sends from there, else by who opened the connection.
enum HTTP2Signature {
    /// `PRI * HTTP/2.0`, two empty lines around `SM` (RFC 9113, 3.4).
    static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    /// So many bytes of the preface are enough.
    private static let enough = 16
    /// Most frames that are looked at.
    private static let mostFrames = 8

    /// How a record's bytes are cut into frames.
    struct Chain: Equatable {
        enum Fit {
            /// A frame ends where the record ends.
            case exact
            /// The last frame, or its header, reaches beyond the record or beyond what is known of it.
            case open
            /// Not even a frame's header is there, and what is there could be one's beginning.
            case few
            /// A frame header is none.
            case none
        }

        var fit: Fit
        /// How many frame headers are right.
        var frames = 0
        /// Who sent it, where a header block tells.
        var side: Side?
        /// The first frame header, if there is one.
        var first: HTTP2FrameHeader?
    }

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        switch isPreface(bytes) {
        case .yes: return .yes(.requester)
        case .maybe: return .maybe
        case .no: break
        }
        let chain = chain(bytes, recordLength: hint.recordLength)
        // A client's first bytes are its preface: whoever begins with settings is a server.
        let isServersFirst =
            hint.isFirst && chain.first?.type == HTTP2FrameType.settings && chain.first?.endsStream == false
        let opener: Side? = hint.isFromOpener.map { $0 ? .requester : .responder }
        let side = chain.side ?? (isServersFirst ? .responder : opener)
        switch chain.fit {
        case .none: return .no
        // Only a connection's first bytes are worth waiting for: elsewhere the rest of anything may look like this.
        case .few: return hint.isFirst ? .maybe : .no
        case .exact: return side.map { .yes($0) } ?? .no
        case .open:
            guard let side = chain.side else { return isServersFirst ? .maybe : .no }
            return chain.frames > 1 ? .yes(side) : .no
        }
    }

    /// Whether bytes begin with the preface.
    static func isPreface(_ bytes: UnsafeRawBufferPointer) -> HTTP1Signature.Verdict {
        let count = min(bytes.count, preface.utf8CodeUnitCount)
        for index in 0..<count where bytes[index] != preface.utf8Start[index] { return .no }
        return count >= enough ? .yes : .maybe
    }

    /// How a record's first bytes are cut into frames.
    static func chain(_ bytes: UnsafeRawBufferPointer, recordLength: UInt64) -> Chain {
        var chain = Chain(fit: .none)
        var place: UInt64 = 0
        var block: UInt32 = 0
        while place < recordLength, chain.frames < mostFrames {
            guard place &+ UInt64(HTTP2FrameHeader.size) <= UInt64(bytes.count) else {
                if chain.frames > 0 {
                    chain.fit = .open
                } else if UInt64(bytes.count) == recordLength, isBeginning(bytes) {
                    chain.fit = .few
                }
                return chain
            }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[Int(place)...])
            let header = HTTP2FrameHeader(rest)
            guard header.isPlausible, rest[5] < 0x80 else { return Chain(fit: .none) }
            // Nothing may come between the parts of a header block.
            let isContinuation = header.type == HTTP2FrameType.continuation
            guard isContinuation == (block != 0), block == 0 || header.stream == block else {
                return Chain(fit: .none)
            }
            if header.hasBlock {
                block = header.endsHeaders ? 0 : header.stream
                // A block that is not all there may be anything.
                let end = place &+ UInt64(HTTP2FrameHeader.size) &+ UInt64(header.length)
                if chain.side == nil, !isContinuation, end <= recordLength { chain.side = sender(header, rest) }
            }
            if chain.frames == 0 { chain.first = header }
            chain.frames += 1
            place = place &+ UInt64(HTTP2FrameHeader.size) &+ UInt64(header.length)
        }
        chain.fit = place == recordLength ? .exact : .open
        return chain
    }

    /// Whether fewer bytes than a frame header has could begin one.
    private static func isBeginning(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.first, first == 0 else { return false }
        if bytes.count > 3, bytes[3] > HTTP2FrameType.continuation { return false }
        if bytes.count > 5, bytes[5] >= 0x80 { return false }
        return true
    }

    /// Who sends a block, by the first field of the static table in it: 1...7 are a request's pseudo-headers, 8...14 a
    /// response's status (RFC 7541, appendix A).
    private static func sender(_ header: HTTP2FrameHeader, _ frame: UnsafeRawBufferPointer) -> Side? {
        guard header.type == HTTP2FrameType.headers else { return .responder }
        var place = HTTP2FrameHeader.size + Int(header.prefixLength)
        let end = min(frame.count, HTTP2FrameHeader.size + Int(header.length), place + 16)
        while place < end {
            let byte = frame[place]
            let index: UInt8
            if byte & 0x80 != 0 {
                index = byte & 0x7F
            } else if byte & 0x40 != 0 {
                index = byte & 0x3F
            } else if byte & 0x20 != 0 {
                // The table's size changes.
                index = 0x7F
                if byte & 0x1F == 0x1F { return nil }
            } else {
                index = byte & 0x0F
            }
            switch index {
            case 1...7: return .requester
            case 8...14: return .responder
            case 62..<127 where byte & 0x80 != 0: break
            case 0x7F where byte & 0x80 == 0: break
            default: return nil
            }
            place += 1
        }
        return nil
    }
}
