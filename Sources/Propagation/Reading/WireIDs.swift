/// A trace id read from a message, as two big-endian halves of which not both are zero.
struct WireTraceID: Equatable, Sendable {
    var high: UInt64
    var low: UInt64

    /// The halves; nil when both are zero.
    init?(high: UInt64, low: UInt64) {
        if high | low == 0 { return nil }
        self.high = high
        self.low = low
    }

    /// 16 or 32 hexadecimal digits in either case; 16 are padded on the left. Nil for anything else, and for zero.
    init?(hex bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 16:
            guard let low = bytes.hex(at: 0, digits: 16) else { return nil }
            self.init(high: 0, low: low)
        case 32:
            guard let high = bytes.hex(at: 0, digits: 16), let low = bytes.hex(at: 16, digits: 16) else { return nil }
            self.init(high: high, low: low)
        default: return nil
        }
    }

    /// A UUID (RFC 9562, section 4): 32 hexadecimal digits in either case, with dashes at their four places or with none.
    /// Nil for anything else, and for zero.
    init?(uuid bytes: UnsafeRawBufferPointer) {
        if bytes.count == 32 {
            self.init(hex: bytes)
            return
        }
        let dash = UInt8(ascii: "-")
        guard bytes.count == 36, bytes[8] == dash, bytes[13] == dash, bytes[18] == dash, bytes[23] == dash,
            let first = bytes.hex(at: 0, digits: 8), let second = bytes.hex(at: 9, digits: 4),
            let third = bytes.hex(at: 14, digits: 4), let fourth = bytes.hex(at: 19, digits: 4),
            let last = bytes.hex(at: 24, digits: 12)
        else { return nil }
        self.init(high: first << 32 | second << 16 | third, low: fourth << 48 | last)
    }
}

extension UnsafeRawBufferPointer {
    /// A span's id: exactly 16 hexadecimal digits in either case, not all zero.
    var spanIDFromHex: UInt64? {
        guard count == 16, let id = hex(at: 0, digits: 16), id != 0 else { return nil }
        return id
    }

    /// An id of 64 bits in decimal, not zero.
    var idFromDecimal: UInt64? {
        guard let id = decimal(), id != 0 else { return nil }
        return id
    }

    /// A decision written `1` or `0`, or `true` or `false` in any case.
    var decisionFromWord: SamplingDecision? {
        if count == 1 {
            switch self[0] {
            case UInt8(ascii: "1"): return .keep
            case UInt8(ascii: "0"): return .drop
            default: return nil
            }
        }
        if equalsIgnoringCase("true") { return .keep }
        return equalsIgnoringCase("false") ? .drop : nil
    }
}
