/// A field as it stands on the wire.
struct WireField {
    /// Its number.
    var number: UInt32
    /// How its value is written.
    var type: WireType
    /// The value's bytes, without the length of those that have one.
    var value: Range<Int>

    /// Reads the field at the position, which passes it; nil at the end of the message, or if there is none.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, end: Int) {
        guard position < end, let (number, type) = Wire.tag(bytes, &position, end: end) else { return nil }
        self.number = number
        self.type = type
        if type == .bytes {
            guard let next = Wire.extent(bytes, &position, end: end) else { return nil }
            value = position..<next
            position = next
        } else {
            let start = position
            guard Wire.skipAny(type, bytes, &position, end: end) else { return nil }
            value = start..<position
        }
    }
}
