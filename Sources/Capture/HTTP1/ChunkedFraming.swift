/// The chunked transfer coding (RFC 9112, 7.1), followed without keeping anything of it. Extensions and trailers are
/// passed over; a bare LF ends a line as well as CR LF does.
struct ChunkedFraming {
    /// What became of some bytes.
    enum Step {
        /// All of them were taken, of which so many were data.
        case more(data: UInt64)
        /// The body ended; what is behind it is left. So many were data.
        case ended(data: UInt64)
        /// They break the rules.
        case malformed
    }

    private enum State {
        case size(UInt64, digits: UInt8)
        case afterSize(UInt64)
        case data(UInt64)
        case dataEnd(sawCR: Bool)
        /// In a trailer's line, of which nothing but a CR has been seen or more than that.
        case trailer(isBlank: Bool)
        case done
    }

    private var state = State.size(0, digits: 0)

    /// Data bytes of the present chunk that are still to come.
    var remaining: UInt64 { if case .data(let count) = state { count } else { 0 } }

    /// Passes over data bytes of which only the number is known; false when they reach beyond the chunk.
    mutating func skip(_ count: UInt64) -> Bool {
        guard case .data(let remaining) = state, count <= remaining else { return false }
        state = remaining == count ? .dataEnd(sawCR: false) : .data(remaining - count)
        return true
    }

    /// Takes bytes from the front of `bytes`; calls `contents` with those of them that are data.
    @inline(__always)
    mutating func take(
        _ bytes: inout UnsafeRawBufferPointer, _ contents: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) -> Step {
        var data: UInt64 = 0
        var index = 0
        defer { bytes = UnsafeRawBufferPointer(rebasing: bytes[index...]) }
        while index < bytes.count {
            if case .data(let remaining) = state {
                let count = min(remaining, UInt64(bytes.count - index))
                data &+= count
                contents(UnsafeRawBufferPointer(rebasing: bytes[index..<(index + Int(count))]))
                index += Int(count)
                state = count == remaining ? .dataEnd(sawCR: false) : .data(remaining - count)
                continue
            }
            let byte = bytes[index]
            index += 1
            guard let next = ChunkedFraming.step(state, byte) else {
                index = bytes.count
                return .malformed
            }
            state = next
            if case .done = state { return .ended(data: data) }
        }
        return .more(data: data)
    }

    private static func step(_ state: State, _ byte: UInt8) -> State? {
        switch state {
        case .size(let size, let digits):
            if let digit = hexDigit(byte) {
                // Leading zeros count as digits: a hundred of them are nobody's idea of a size.
                guard digits < 32, size <= UInt64(Int64.max) >> 4 else { return nil }
                return .size(size << 4 | UInt64(digit), digits: digits + 1)
            }
            guard digits > 0 else { return nil }
            switch byte {
            case 0x0A: return size == 0 ? .trailer(isBlank: true) : .data(size)
            case 0x0D, 0x20, 0x09, 0x3B: return .afterSize(size)
            default: return nil
            }
        case .afterSize(let size):
            guard byte == 0x0A else { return state }
            return size == 0 ? .trailer(isBlank: true) : .data(size)
        case .data:
            return nil
        case .dataEnd(let sawCR):
            if byte == 0x0A { return .size(0, digits: 0) }
            return byte == 0x0D && !sawCR ? .dataEnd(sawCR: true) : nil
        case .trailer(let isBlank):
            if byte == 0x0A { return isBlank ? .done : .trailer(isBlank: true) }
            return .trailer(isBlank: isBlank && byte == 0x0D)
        case .done:
            return nil
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
