/// One direction of a WebSocket connection (RFC 6455, 5), followed by the headers of its frames. Of what is in them nothing
/// is read: compression and masks make no difference.
struct WebSocketFraming {
    /// What some bytes had in them.
    struct Step {
        /// Messages of text or binary data that began; their continuations are no more messages, control frames none.
        var messages: UInt64 = 0
        /// Bytes of such messages.
        var data: UInt64 = 0
    }

    private enum State {
        /// In a header of two to ten bytes, of which so many are in ``header``.
        case header(Int)
        /// In the mask, of which so many bytes are left.
        case mask(Int)
        /// In the payload, of which so many bytes are left.
        case payload(UInt64)
        /// A close frame has ended: nothing follows.
        case closed
        /// The framing was lost, or is none.
        case lost
    }

    private enum Opcode {
        static let continuation: UInt8 = 0
        static let binary: UInt8 = 2
        static let close: UInt8 = 8
        static let pong: UInt8 = 10
    }

    private var state: State
    private var header: (UInt8, UInt8) = (0, 0)
    private var length: UInt64 = 0
    /// The longest frame so far, bytes.
    private(set) var longest: UInt64 = 0

    /// A direction whose next byte begins a frame, or may lie anywhere.
    init(atStart: Bool = true) { state = atStart ? .header(0) : .lost }

    /// Whether a close frame has come.
    var isClosed: Bool { if case .closed = state { true } else { false } }
    /// Whether frames cannot be told any more.
    var isLost: Bool { if case .lost = state { true } else { false } }

    /// Takes all of the bytes.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Step {
        var step = Step()
        var index = 0
        while index < bytes.count {
            switch state {
            case .header(let count):
                gather(bytes[index], count, &step)
                index += 1
            case .mask(let left):
                let number = min(left, bytes.count - index)
                index += number
                if number == left { beginPayload() } else { state = .mask(left - number) }
            case .payload(let left):
                let number = min(left, UInt64(bytes.count - index))
                index += Int(number)
                if !isControl { step.data &+= number }
                if number == left { endFrame() } else { state = .payload(left - number) }
            case .closed, .lost: return step
            }
        }
        return step
    }

    /// Passes over bytes of which only the number is known.
    mutating func skip(_ count: UInt64) -> Step {
        guard case .payload(let left) = state, count <= left else {
            if !isClosed { state = .lost }
            return Step()
        }
        if count == left { endFrame() } else { state = .payload(left - count) }
        return Step(data: isControl ? 0 : count)
    }

    private var opcode: UInt8 { header.0 & 0x0F }
    private var isControl: Bool { opcode & 8 != 0 }
    private var isMasked: Bool { header.1 & 0x80 != 0 }

    private mutating func gather(_ byte: UInt8, _ count: Int, _ step: inout Step) {
        switch count {
        case 0:
            header.0 = byte
            let isKnown = opcode <= Opcode.binary || (Opcode.close...Opcode.pong).contains(opcode)
            // Control frames are never in pieces.
            state = isKnown && (!isControl || byte & 0x80 != 0) ? .header(1) : .lost
            return
        case 1:
            header.1 = byte
            length = byte & 0x7F < 126 ? UInt64(byte & 0x7F) : 0
            if isControl, byte & 0x7F > 125 { return state = .lost }
        default: length = length << 8 | UInt64(byte)
        }
        let size = header.1 & 0x7F == 126 ? 4 : header.1 & 0x7F == 127 ? 10 : 2
        guard count + 1 == size else { return state = .header(count + 1) }
        guard length >> 63 == 0 else { return state = .lost }
        longest = max(longest, length)
        if !isControl, opcode != Opcode.continuation { step.messages &+= 1 }
        if isMasked { state = .mask(4) } else { beginPayload() }
    }

    private mutating func beginPayload() { if length == 0 { endFrame() } else { state = .payload(length) } }

    private mutating func endFrame() { state = opcode == Opcode.close ? .closed : .header(0) }
}
