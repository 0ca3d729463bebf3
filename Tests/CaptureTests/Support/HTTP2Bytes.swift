/// Bytes of HTTP/2, made by hand: no encoder has a part in what the decoder is held to.
enum HTTP2Bytes {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// A frame.
    static func frame(_ type: UInt8, _ flags: UInt8 = 0, _ stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let length = payload.count
        return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) } + payload
    }

    /// Frames on other streams, those of the connection itself as they are.
    static func movingStreams(of frames: [UInt8], by distance: UInt32) -> [UInt8] {
        var moved = frames
        var place = 0
        while place + 9 <= frames.count {
            let stream = frames[(place + 5)..<(place + 9)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if stream != 0 {
                let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (stream + distance) >> $0) }
                moved.replaceSubrange((place + 5)..<(place + 9), with: bytes)
            }
            place += 9 + frames[place..<(place + 3)].reduce(0) { $0 << 8 | Int($1) }
        }
        return moved
    }

    static let settings = frame(4, 0, 0, [0, 3, 0, 0, 0, 100])
    static let settingsAnswer = frame(4, 1)

    /// A HEADERS frame with all of a block.
    static func headers(_ stream: UInt32, _ block: [UInt8], ends: Bool = false) -> [UInt8] {
        frame(1, ends ? 5 : 4, stream, block)
    }

    static func data(_ stream: UInt32, _ bytes: [UInt8], ends: Bool = false) -> [UInt8] {
        frame(0, ends ? 1 : 0, stream, bytes)
    }

    static func data(_ stream: UInt32, _ text: String, ends: Bool = false) -> [UInt8] {
        data(stream, Array(text.utf8), ends: ends)
    }

    static func reset(_ stream: UInt32, _ code: UInt8) -> [UInt8] { frame(3, 0, stream, [0, 0, 0, code]) }

    /// A message of gRPC.
    static func message(_ bytes: [UInt8]) -> [UInt8] {
        [0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bytes.count >> $0) } + bytes
    }

    // MARK: Header fields (RFC 7541, 6)

    /// Indexed.
    static func indexed(_ index: UInt8) -> [UInt8] { [0x80 | index] }

    /// A literal that is not indexed, its name from the static table (below 15).
    static func literal(_ index: UInt8, _ value: String) -> [UInt8] { [index] + string(value) }

    /// A literal that is not indexed.
    static func literal(_ name: String, _ value: String) -> [UInt8] { [0] + string(name) + string(value) }

    /// A literal that goes into the table.
    static func inserted(_ name: String, _ value: String) -> [UInt8] { [0x40] + string(name) + string(value) }

    static func string(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    static let get = indexed(2), post = indexed(3), http = indexed(6), ok = indexed(8)

    static func path(_ path: String) -> [UInt8] { literal(4, path) }

    /// The head of a request that refers to nothing before it.
    static func request(_ method: [UInt8], _ path: String, _ more: [UInt8] = []) -> [UInt8] {
        method + http + self.path(path) + literal(1, "shop") + more
    }

    /// The head of a gRPC call that refers to nothing before it.
    static func call(_ path: String, _ more: [UInt8] = []) -> [UInt8] {
        request(post, path, literal("content-type", "application/grpc") + literal("te", "trailers") + more)
    }

    static let callResponse = ok + literal("content-type", "application/grpc")

    static func status(_ code: String) -> [UInt8] { literal("grpc-status", code) }
}
