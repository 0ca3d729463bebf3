/// Writes protobuf messages that lie in each other, from front to back. How long one is is known when it ends; the
/// lengths are put in between by one pass over everything, so the work is linear however deep they lie.
struct NestedBytes {
    private struct Message {
        /// Its place among the lengths.
        var index: Int
        /// Where its contents begin.
        var start: Int
        /// Bytes of the lengths within it.
        var inner = 0
    }

    /// Everything but the lengths.
    private let contents = ByteBuffer()
    /// Where in the contents a length belongs, and what it is.
    private var lengths: [(position: Int, length: Int)] = []
    private var open: [Message] = []
    /// Bytes of the lengths outside of messages that are open.
    private var outer = 0

    /// Nothing yet.
    init() {}

    /// How many bytes everything has that is closed.
    var count: Int { contents.count + outer }

    /// Begins a message, which is that field of the one around it.
    mutating func begin(_ number: UInt8) {
        tag(number, .bytes)
        open.append(Message(index: lengths.count, start: contents.count))
        lengths.append((contents.count, 0))
    }

    /// Ends the message that was begun last.
    mutating func end() {
        guard let message = open.popLast() else { return }
        let length = contents.count - message.start + message.inner
        lengths[message.index].length = length
        let added = message.inner + Wire.size(ofVarint: UInt64(length))
        if open.isEmpty { outer += added } else { open[open.count - 1].inner += added }
    }

    /// Appends what is encoded already.
    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer) { contents.append(bytes) }

    /// Appends a byte.
    @inline(__always)
    func append(_ byte: UInt8) { contents.append(byte) }

    /// Appends a field's number and how its value is written.
    @inline(__always)
    func tag(_ number: UInt8, _ type: WireType) { varint(UInt64(number) << 3 | UInt64(type.rawValue)) }

    /// Appends a varint.
    @inline(__always)
    func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            contents.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        contents.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends an integer of four or eight bytes, low byte first.
    @inline(__always)
    func fixed<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { contents.append($0) }
    }

    /// Everything, with the lengths in between. All messages have ended.
    func joined() -> [UInt8] {
        let source = contents.bytes
        return [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            var output = UnsafeMutableRawBufferPointer(target)
            var from = 0
            func copy(to end: Int) {
                output.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[from..<end]))
                output = UnsafeMutableRawBufferPointer(rebasing: output[(end - from)...])
                from = end
            }
            for (position, length) in lengths {
                copy(to: position)
                var rest = length
                var size = 0
                while rest >= 0x80 {
                    output[size] = UInt8(truncatingIfNeeded: rest) | 0x80
                    rest >>= 7
                    size += 1
                }
                output[size] = UInt8(truncatingIfNeeded: rest)
                output = UnsafeMutableRawBufferPointer(rebasing: output[(size + 1)...])
            }
            copy(to: source.count)
            filled = count
        }
    }
}
