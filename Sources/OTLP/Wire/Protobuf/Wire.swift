/// Pieces of protobuf's wire format (https://protobuf.dev/programming-guides/encoding/). Whoever reads gives the end of
/// the message, which lies within the bytes; nothing is read beyond it.
enum Wire {
    /// Most levels of messages below the request, which is protobuf's own default.
    static let deepest = 100

    /// Reads a varint of at most so many bytes; nil if it is longer, reaches beyond the end or has more than 64 bits.
    @inline(__always)
    static func varint(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, end: Int, longest: Int = 10
    ) -> UInt64? {
        guard position < end else { return nil }
        let first = bytes[position]
        if first < 0x80 {
            position &+= 1
            return UInt64(first)
        }
        return longVarint(bytes, &position, end: end, longest: longest)
    }

    @inline(never)
    private static func longVarint(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, end: Int, longest: Int
    ) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var index = position
        let limit = min(end, position &+ longest)
        while index < limit {
            let byte = bytes[index]
            index &+= 1
            if shift == 63, byte > 1 { return nil }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                position = index
                return value
            }
            shift &+= 7
        }
        return nil
    }

    /// Reads a field's number and how its value is written; nil if it is none.
    @inline(__always)
    static func tag(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, end: Int
    ) -> (number: UInt32, type: WireType)? {
        guard let tag = varint(bytes, &position, end: end, longest: 5), tag <= UInt32.max, tag >= 8,
            let type = WireType(rawValue: UInt8(truncatingIfNeeded: tag & 7))
        else { return nil }
        return (UInt32(truncatingIfNeeded: tag &>> 3), type)
    }

    /// Reads a length and gives the end of what is so long; nil if that lies beyond the end.
    @inline(__always)
    static func extent(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, end: Int) -> Int? {
        guard let length = varint(bytes, &position, end: end, longest: 5), length <= UInt64(end &- position) else {
            return nil
        }
        return position &+ Int(truncatingIfNeeded: length)
    }

    /// Passes over a value that is no group; false if it reaches beyond the end.
    @inline(__always)
    static func skip(
        _ type: WireType, _ bytes: UnsafeRawBufferPointer, _ position: inout Int, end: Int
    ) -> Bool {
        switch type {
        case .varint: return varint(bytes, &position, end: end) != nil
        case .fixed64, .fixed32:
            let size = type == .fixed64 ? 8 : 4
            guard end &- position >= size else { return false }
            position &+= size
            return true
        case .bytes:
            guard let next = extent(bytes, &position, end: end) else { return false }
            position = next
            return true
        case .groupStart, .groupEnd: return false
        }
    }

    /// Passes over a value, which may be a group. Groups lie in each other no deeper than the check allows.
    static func skipAny(
        _ type: WireType, _ bytes: UnsafeRawBufferPointer, _ position: inout Int, end: Int
    ) -> Bool {
        guard type == .groupStart else { return skip(type, bytes, &position, end: end) }
        var depth = 1
        while depth > 0 {
            guard let (_, type) = tag(bytes, &position, end: end) else { return false }
            switch type {
            case .groupStart: depth += 1
            case .groupEnd: depth -= 1
            default: guard skip(type, bytes, &position, end: end) else { return false }
            }
        }
        return true
    }

    /// How many bytes a varint takes.
    @inline(__always)
    static func size(ofVarint value: UInt64) -> Int { (64 &- (value | 1).leadingZeroBitCount &+ 6) / 7 }
}
