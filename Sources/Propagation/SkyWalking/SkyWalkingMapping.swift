/// Makes OpenTelemetry's ids of SkyWalking's in the way of the OpenTelemetry Collector's SkyWalking receiver, so that what
/// an agent sends there and what is made of its `sw8` header here meet in the backend.
///
/// Where the Collector would take an id that it could read only in part, there is none here: two senders would share it.
enum SkyWalkingMapping {
    /// A trace's id. Up to 36 characters are read as a UUID, with or without dashes, as agents other than Java's make
    /// them; more as `H.m.l`. Nil for anything else, and for zero.
    static func traceID(_ text: UnsafeRawBufferPointer) -> WireTraceID? {
        if text.count <= 36 { return WireTraceID(uuid: text) }
        guard let (high, low) = mixed(text), text.count > 32 else { return nil }
        return WireTraceID(high: high, low: low)
    }

    /// The id of a span of a segment, by its index there. The segment's id is `H` alone or `H.m.l` and never read as a
    /// UUID; of any other there is no usable one: 0.
    static func spanID(segment: UnsafeRawBufferPointer, index: Int32) -> UInt64 {
        guard let (high, low) = mixed(segment) else { return 0 }
        let mixedIn = UInt32(bitPattern: index).byteSwapped
        return (high ^ UInt64(mixedIn) << 32) ^ low
    }

    /// 32 hexadecimal digits `H`, alone or in `H.m.l` with `m` and `l` decimal: the 16 bytes of `H`, of which bytes 4 to 7
    /// are mixed with the low 32 bits of `m` and bytes 8 to 15 with `l`, both little-endian. Nil for anything else, and
    /// when `m` or `l` is no signed 64-bit number.
    private static func mixed(_ text: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64)? {
        guard text.count >= 32, let high = text.hex(at: 0, digits: 16), let low = text.hex(at: 16, digits: 16)
        else { return nil }
        if text.count == 32 { return (high, low) }
        guard text[32] == UInt8(ascii: ".") else { return nil }
        var rest = SplitBytes(text.part(33, text.count - 33), at: UInt8(ascii: "."))
        guard let middle = rest.next()?.signedDecimal, let last = rest.next()?.signedDecimal, rest.isAtEnd
        else { return nil }
        let lowOfMiddle = UInt32(truncatingIfNeeded: middle).byteSwapped
        return (high ^ UInt64(lowOfMiddle), low ^ UInt64(bitPattern: last).byteSwapped)
    }
}

extension UnsafeRawBufferPointer {
    /// A decimal number of 64 bits, with a sign or without.
    fileprivate var signedDecimal: Int64? {
        guard let first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let hasSign = isNegative || first == UInt8(ascii: "+")
        guard let magnitude = part(hasSign ? 1 : 0, count - (hasSign ? 1 : 0)).decimal() else { return nil }
        if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }
}
