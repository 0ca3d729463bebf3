/// The types of frames (RFC 9113, 6).
enum HTTP2FrameType {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let priority: UInt8 = 2
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let pushPromise: UInt8 = 5
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
    static let continuation: UInt8 = 9
    /// RFC 7838, 4.
    static let alternativeService: UInt8 = 10
    /// RFC 8336, 2.1.
    static let origin: UInt8 = 12
    /// RFC 9218, 7.1.
    static let priorityUpdate: UInt8 = 16
}

/// The nine bytes before a frame's payload (RFC 9113, 4.1).
struct HTTP2FrameHeader: Equatable {
    /// Bytes of a frame header.
    static let size = 9
    /// The longest payload that is sent unless the receiver allowed more (SETTINGS_MAX_FRAME_SIZE).
    static let ordinaryLength: UInt32 = 16_384

    /// The longest part of a header block that is believed where it is not known that a frame begins.
    static let longestBlock: UInt32 = 65_536

    /// Bytes of the payload, below 2^24.
    var length: UInt32
    var type: UInt8
    var flags: UInt8
    /// Below 2^31; 0 is the connection itself.
    var stream: UInt32

    /// A header from its bytes: the first eight of them as a number in network order, and the last.
    init(high: UInt64, last: UInt8) {
        length = UInt32(truncatingIfNeeded: high >> 40)
        type = UInt8(truncatingIfNeeded: high >> 32)
        flags = UInt8(truncatingIfNeeded: high >> 24)
        stream = (UInt32(truncatingIfNeeded: high) << 8 | UInt32(last)) & 0x7FFF_FFFF
    }

    /// A header from bytes of which there must be at least ``size``.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)), last: bytes[8])
    }

    /// Whether the last frame of its stream's direction (DATA, HEADERS), or an answer (SETTINGS, PING).
    var endsStream: Bool { flags & 0x1 != 0 }
    /// Whether its header block ends with it (HEADERS, PUSH_PROMISE, CONTINUATION).
    var endsHeaders: Bool { flags & 0x4 != 0 }
    /// Whether it is padded (DATA, HEADERS, PUSH_PROMISE).
    var isPadded: Bool { flags & 0x8 != 0 }
    /// Whether a HEADERS frame has a priority.
    var hasPriority: Bool { flags & 0x20 != 0 }
    /// Whether it has a part of a header block.
    var hasBlock: Bool {
        type == HTTP2FrameType.headers || type == HTTP2FrameType.pushPromise || type == HTTP2FrameType.continuation
    }

    /// Bytes of the payload before its contents: the length of the padding, a priority, the promised stream.
    var prefixLength: UInt32 {
        switch type {
        case HTTP2FrameType.data: isPadded ? 1 : 0
        case HTTP2FrameType.headers: (isPadded ? 1 : 0) + (hasPriority ? 5 : 0)
        case HTTP2FrameType.pushPromise: (isPadded ? 1 : 0) + 4
        default: 0
        }
    }

    /// Whether length and stream are as the type demands. Types that are not known have no rules; a very long one is
    /// taken for none at all.
    var isPossible: Bool {
        switch type {
        case HTTP2FrameType.data, HTTP2FrameType.headers, HTTP2FrameType.pushPromise:
            stream != 0 && length >= prefixLength
        case HTTP2FrameType.continuation: stream != 0
        case HTTP2FrameType.priority: stream != 0 && length == 5
        case HTTP2FrameType.reset: stream != 0 && length == 4
        case HTTP2FrameType.settings: stream == 0 && length % 6 == 0 && (!endsStream || length == 0)
        case HTTP2FrameType.ping: stream == 0 && length == 8
        case HTTP2FrameType.goAway: stream == 0 && length >= 8
        case HTTP2FrameType.windowUpdate: length == 4
        default: length <= HTTP2FrameHeader.ordinaryLength
        }
    }

    /// Whether it is, besides, of a type in use, with no flag that its type does not have: what bytes are held to of
    /// which it is not known that a frame begins there.
    var isPlausible: Bool {
        let known: UInt8
        switch type {
        case HTTP2FrameType.data: known = 0x9
        case HTTP2FrameType.headers: known = 0x2D
        case HTTP2FrameType.settings, HTTP2FrameType.ping: known = 0x1
        case HTTP2FrameType.pushPromise: known = 0xC
        case HTTP2FrameType.continuation: known = 0x4
        case HTTP2FrameType.priority, HTTP2FrameType.reset, HTTP2FrameType.goAway, HTTP2FrameType.windowUpdate,
            HTTP2FrameType.alternativeService, HTTP2FrameType.origin, HTTP2FrameType.priorityUpdate:
            known = 0
        default: return false
        }
        return flags & ~known == 0 && isPossible && (!hasBlock || length <= HTTP2FrameHeader.longestBlock)
    }
}
